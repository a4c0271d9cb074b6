/** Milliseconds on a clock that only goes forward and that all threads of the process share. */
export const clock = (): number => Number(process.hrtime.bigint()) / 1e6;
