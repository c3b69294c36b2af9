/** Tests of the seeded streams. */
package io.kohaku.random;
