/**
 * Randomness as an argument: streams made of a purpose and keys, never a global generator.
 *
 * <p>Every package may import this one and it imports none. A number drawn here depends on its
 * purpose and its keys (run seed, epoch, place in the order) alone, so neither the partitioning nor
 * the number of ranks changes it. A {@link io.kohaku.random.Purpose} comes first of every key, so
 * two things that are drawn have two streams, whatever their keys; orders that Spark hashes begin
 * with its number as well.
 */
package io.kohaku.random;
