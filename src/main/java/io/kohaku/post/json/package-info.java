/** Posts as the site's API writes them: JSON, one post a line or in arrays. */
package io.kohaku.post.json;
