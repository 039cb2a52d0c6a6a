/** What a key may be for. */
export const SCOPES = ['render', 'read', 'audit', 'metrics'] as const;

export type Scope = (typeof SCOPES)[number];
