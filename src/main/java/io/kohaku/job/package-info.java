/**
 * One class per job: read a table, run a stage, write a table and a manifest.
 *
 * <p>A {@link io.kohaku.job.StageJob} says what it reads, which settings decide its result and what
 * it does; {@link io.kohaku.job.StageRunner} does what is the same for all of them: compare with
 * what is published, skip or run, measure, publish. Only this package knows folders and manifests
 * and the stages at once, so that each stage stays a function from tables to tables.
 */
package io.kohaku.job;
