/** Tests of the runs of the training stage. */
package io.kohaku.train.run;
