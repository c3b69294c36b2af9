/** Ranks as threads of one process; barrier stages on a local Spark. */
package io.kohaku.cluster;
