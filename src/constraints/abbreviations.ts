/**
 * Abbreviations behind which a sentence goes on, by language. They are those of the Unicode CLDR's suppressions that
 * answers hold often; `Intl.Segmenter` does not take them into account. Some that often end a sentence too (`etc.`, `Inc.`) are
 * left out. A dot behind an initial or an ordinal number ends no sentence either.
 */
const ABBREVIATIONS: { readonly [language: string]: readonly string[] } = {
  en: [
    'Mr.', 'Mrs.', 'Ms.', 'Mx.', 'Dr.', 'Prof.', 'Rev.', 'Hon.', 'Gen.', 'Col.', 'Capt.', 'Lt.', 'Sgt.', 'St.', 'Mt.', 'Sen.', 'Rep.', 'Gov.',
    'e.g.', 'i.e.', 'cf.', 'vs.', 'viz.', 'approx.', 'No.', 'Nos.', 'Fig.', 'Figs.', 'Sec.', 'Vol.', 'pp.', 'al.', 'ca.',
    'Jan.', 'Feb.', 'Mar.', 'Apr.', 'Aug.', 'Sept.', 'Oct.', 'Nov.', 'Dec.',
  ],
  de: [
    'Dr.', 'Prof.', 'Hr.', 'Fr.', 'Nr.', 'Str.', 'St.', 'bzw.', 'ca.', 'vgl.', 'evtl.', 'ggf.', 'inkl.', 'zzgl.', 'Abb.', 'Tab.', 'Abs.', 'Art.', 'Bd.', 'Tel.',
    'z.B.', 'z.', 'd.h.', 'd.', 'u.a.', 'u.', 'i.d.R.', 'o.g.', 'sog.', 'Mio.', 'Mrd.',
  ],
  fr: ['M.', 'MM.', 'Mme.', 'Dr.', 'Pr.', 'St.', 'art.', 'p.', 'pp.', 'ex.', 'env.', 'cf.', 'c.-à-d.', 'av.', 'apr.', 'tél.', 'fig.', 'vol.'],
  es: ['Sr.', 'Sra.', 'Srta.', 'Dr.', 'Dra.', 'D.', 'Dña.', 'Ud.', 'Uds.', 'p.ej.', 'p.', 'pág.', 'págs.', 'núm.', 'art.', 'fig.', 'vol.', 'aprox.'],
  it: ['Sig.', 'Sig.ra', 'Dott.', 'Dott.ssa', 'Prof.', 'Ing.', 'Avv.', 'pag.', 'art.', 'fig.', 'vol.', 'n.', 'es.', 'cfr.'],
  pt: ['Sr.', 'Sra.', 'Dr.', 'Dra.', 'Prof.', 'pág.', 'p.ex.', 'p.', 'art.', 'fig.', 'vol.', 'nº.', 'aprox.'],
}; // prettier-ignore

const SETS: ReadonlyMap<string, ReadonlySet<string>> = new Map(
  Object.entries(ABBREVIATIONS).map(([language, abbreviations]) => [language, new Set(abbreviations)]),
);

const LAST = /[^\s("'“‘«[]{1,12}$/;

/** "J. R. R. Tolkien". English has a word that looks like one. */
const INITIAL = /^(?!I\.)\p{Lu}\.$/u;

/** "Am 3. Mai" */
const ORDINAL = /^\d{1,2}\.$/;

/** Languages that write ordinal numbers so. */
const WITH_ORDINALS: ReadonlySet<string> = new Set(
  ['cs', 'da', 'de', 'et', 'fi', 'hr', 'hu', 'is', 'lv', 'nb', 'nn', 'no', 'pl', 'sk', 'sl', 'sr', 'tr'], // prettier-ignore
);

/** Whether what looks like a sentence ends with an abbreviation of a language, with or without white space behind it. */
export function endsWithAbbreviation(sentence: string, language: string): boolean {
  const last = LAST.exec(sentence.slice(-24).trimEnd())?.[0];
  if (last === undefined) return false;
  return INITIAL.test(last) || (ORDINAL.test(last) && WITH_ORDINALS.has(language)) || (SETS.get(language)?.has(last) ?? false);
}
