/** Tests of digests. */
package io.kohaku.digest;
