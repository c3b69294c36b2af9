/** What a user may say about posts: where they lie and which of them are kept. */
package io.kohaku.settings.posts;
