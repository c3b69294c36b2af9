/** Tests of {@code io.kohaku.post.hakubooru}. */
package io.kohaku.post.hakubooru;
