/** A site that has the prompts as its pages: Hugo reads and converts them, and puts each into a page. */

/** @returns text by path */
export function hugoSite(content: string): { [path: string]: string } {
  return {
    'hugo.toml': `baseURL = "http://127.0.0.1/"\ndisableKinds = ["taxonomy", "term", "RSS", "sitemap", "home", "section", "404"]\ncontentDir = ${JSON.stringify(content)}\n`,
    'layouts/_default/single.html': '<h1>{{ .Params.id }}</h1>\n{{ .Content }}\n',
  };
}
