/**
 * What is the same for every job: skip, run, measure, publish.
 *
 * <p>A {@link io.kohaku.engine.StageJob} says what it reads, which settings decide its result and
 * what it does; {@link io.kohaku.engine.StageRunner} does what is the same for all of them: compare
 * with what is published, skip or run, measure, publish. The jobs themselves are the classes of
 * {@code io.kohaku.recipe}.
 */
package io.kohaku.engine;
