/** Tests of words, captions and their augmentation. */
package io.kohaku.caption;
