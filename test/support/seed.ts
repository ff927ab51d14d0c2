/**
 * What decides all that tests draw at random. A run repeats the one before, so that a change alone makes it fail;
 * `TEST_SEED=$RANDOM npm test` looks further.
 */
export const seed = Number(process.env.TEST_SEED ?? 1);
