/** Tests of {@code io.kohaku.post.json}. */
package io.kohaku.post.json;
