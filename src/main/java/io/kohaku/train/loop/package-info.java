/**
 * The training loop of one rank.
 *
 * <p>{@code TrainingStep} is one update on one page; {@code Trainer} runs them one after another,
 * {@code UpdateLosses} walks its micro-batches in the way that {@code Learning} says, {@code
 * StepMetrics} tells of each, and {@code BetweenSteps} saves, measures and draws when it is time
 * to. All ranks take every decision from sums over the ranks, so they stay in step.
 */
package io.kohaku.train.loop;
