/**
 * The training loop of one rank.
 *
 * <p>{@code TrainingStep} is one update on one page; {@code Trainer} runs them one after another
 * and between them saves, measures and tells. All ranks take every decision from sums over the
 * ranks, so they stay in step.
 */
package io.kohaku.train.loop;
