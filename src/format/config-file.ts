/** The project's settings, in its root. Apart from what reads them: whoever only looks whether there are any need not load that. */
export const CONFIG_FILE = 'promptc.config.json';
