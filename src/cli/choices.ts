/** What options can be set to. Apart from the commands, which need not be loaded to tell. */

/** Where builds go, if nobody says otherwise. */
export const DEFAULT_OUT = 'dist';

/** Of diagnostics. */
export const FORMATS = ['text', 'json', 'github', 'sarif'] as const;
export const DIFF_FORMATS = ['text', 'markdown', 'json'] as const;
export const DRIFT_FORMATS = ['text', 'json'] as const;
export const LOG_FORMATS = ['text', 'json'] as const;
export const REPLAY_FORMATS = ['text', 'json'] as const;
export const SERVER_LOG_FORMATS = ['text', 'json'] as const;
export const VERIFY_FORMATS = ['text', 'json'] as const;

export const BUMP_LEVELS = ['auto', 'patch', 'minor', 'major'] as const;
export const RENDER_FORMS = ['text', 'json', 'messages'] as const;
export const YANK_KINDS = ['bundle', 'template'] as const;
