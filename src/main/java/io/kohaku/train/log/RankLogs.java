package io.kohaku.train.log;

/**
 * What one rank tells.
 *
 * @param run of the whole run; silent on all ranks but the first
 * @param inputs what this rank was trained on
 */
public record RankLogs(RunLog run, InputLog inputs) {}
