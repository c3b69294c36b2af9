/** Tests of sources, draws and filters. */
package io.kohaku.post;
