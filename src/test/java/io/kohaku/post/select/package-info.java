/** Tests of {@code io.kohaku.post.select}. */
package io.kohaku.post.select;
