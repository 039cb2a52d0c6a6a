/** One thing that may differ between two builds of a commit. */
export interface Variation {
  readonly name: string;
  /**
   * A JavaScript expression. Its value, in a process that is started like the one that builds, has to differ from what
   * it is for the build that all others are compared with; else nothing was varied.
   */
  readonly seen: string;
  /** Takes long, or needs the network. */
  readonly isSlow?: boolean;
  /** What the machine has to have for it: a sentence that says what is missing, or nothing. */
  readonly lacks?: (paths: Paths) => Promise<string | undefined>;
  /** Where the clone lies, below the folder of the run. */
  readonly folder?: string;
  /** Options of `git clone`. */
  readonly cloneOptions?: readonly string[];
  /** Whatever else the clone needs; it may say where the build is to run instead. */
  readonly prepare?: (clone: string, tools: Tools) => Promise<string | void>;
  /** Undoes what `prepare` did outside of the clone. */
  readonly cleanUp?: (clone: string) => Promise<void>;
  /** Beside the usual variables; or, as a function, all of them. */
  readonly env?: NodeJS.ProcessEnv | (() => NodeJS.ProcessEnv);
  /** A command → the command that runs it in another way. */
  readonly wrap?: (command: readonly string[]) => readonly string[];
  /** Another node than the one that runs this. */
  readonly node?: (tools: Tools) => Promise<string>;
  readonly nodeOptions?: readonly string[];
  /** Another user and group. */
  readonly user?: number;
}

export interface Paths {
  /** The command line that is tried. */
  readonly cli: string;
  /** A folder that is there as long as the run is. */
  readonly workspace: string;
}

export interface Tools extends Paths {
  /** Runs a program; rejects with what it said if it does not end with 0. */
  run(command: readonly string[], options?: RunOptions): Promise<string>;
  /** Builds once, in the usual way. */
  build(clone: string): Promise<void>;
  /** The output folder of the build that all others are compared with. */
  readonly reference: string;
}

export interface RunOptions {
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
  readonly user?: number | undefined;
}
