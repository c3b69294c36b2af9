/**
 * Looking at what is in weight files: statistics, adapters, and whether a result predicts what it
 * should.
 */
package io.kohaku.weights.verify;
