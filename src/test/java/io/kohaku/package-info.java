/** Tests: {@code *Test} in milliseconds, {@code *IT} with Spark or slow. */
package io.kohaku;
