package io.kohaku.sample.prompt;

/**
 * A stretch of a prompt with one weight.
 *
 * @param text the words; empty where the run only ends a chunk
 * @param weight what the token vectors are multiplied by
 * @param breakAfter whether the chunk ends after it
 */
record PromptRun(String text, double weight, boolean breakAfter) {}
