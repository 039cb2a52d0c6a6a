/** Why the system does not give a file, as the end of a sentence. */
export function systemReason(error: unknown): string {
  const { code } = error as NodeJS.ErrnoException;
  switch (code) {
    case 'EACCES':
    case 'EPERM':
      return `its permissions do not allow it (${code})`;
    case 'EISDIR':
      return 'it is a folder';
    case 'ENOTDIR':
      return 'it is no folder';
    default:
      return code ?? String(error);
  }
}
