/** Tests of {@code io.kohaku.post.screen}. */
package io.kohaku.post.screen;
