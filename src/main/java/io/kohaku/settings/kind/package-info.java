/**
 * Which settings decide a result, and their values in one way of writing.
 *
 * <p>Every setting is marked where it is declared, by itself or by the section around it: {@link
 * io.kohaku.settings.kind.What} decides what comes out, {@link io.kohaku.settings.kind.How} does
 * not. A stage says which of the first kind it looks at; only those are in its fingerprint, so
 * nothing is made again for a setting of the second kind.
 */
package io.kohaku.settings.kind;
