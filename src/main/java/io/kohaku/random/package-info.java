/**
 * Randomness as an argument: streams made of keys, never a global generator.
 *
 * <p>Every package may import this one and it imports none. A number drawn here depends on its keys
 * (run seed, epoch, place in the order, purpose) alone, so neither the partitioning nor the number
 * of ranks changes it.
 */
package io.kohaku.random;
