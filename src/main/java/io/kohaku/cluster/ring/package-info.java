/** Sums over all ranks, around a ring of sockets; bytes alone, no tensors and no Spark. */
package io.kohaku.cluster.ring;
