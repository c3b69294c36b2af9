/**
 * Who closes what: several resources that are opened one after another and closed together.
 *
 * <p>In: resources, as they are opened. Out: all of them closed, once, whatever fails in between.
 *
 * <p>Guava's {@code Closer} does the same, but it comes with Spark in whatever version Spark has,
 * takes I/O resources alone, and cannot hand over what is open.
 */
package io.kohaku.ownership;
