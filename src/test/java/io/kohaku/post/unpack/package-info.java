/** Tests of the package of the same name. */
package io.kohaku.post.unpack;
