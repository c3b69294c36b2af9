/**
 * What a run tells: lines for people, metrics for machines, and on request everything that it was
 * trained on.
 */
package io.kohaku.train.log;
