/** How the program ends, as scripts see it. */
export const OK = 0;
/** The command line, the environment or a line of input cannot be used. */
export const USAGE = 2;
/** No server answers, or not all could be delivered before the end. */
export const UNREACHABLE = 3;
/** A server answered, and said no. */
export const REFUSED = 4;
