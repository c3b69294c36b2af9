/** Posts as the site's API writes them: JSON, one post a line. */
package io.kohaku.post.json;
