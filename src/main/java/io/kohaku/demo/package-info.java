/**
 * A world small enough to try everything on: the tiny SDXL, whose weights follow from their names,
 * and the posts and pictures that go with it.
 *
 * <p>Nothing enters but a seed; what leaves are ordinary input files. The tiny model is the one of
 * the parity tests, so that what the demo runs is what the tests have checked.
 */
package io.kohaku.demo;
