/** Tests of the optimizers against the reference's numbers. */
package io.kohaku.train.optimizer;
