/** The made-up pictures and their posts: scenes, and the tags and pixels that follow from them. */
package io.kohaku.demo.scene;
