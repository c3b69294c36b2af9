package io.kohaku.post.select;

import static org.assertj.core.api.Assertions.assertThat;

/** Lines of a dump of posts. */
final class PostLines {
  private PostLines() {}

  /** A valid post, with texts of its line replaced by others in pairs. */
  static String post(long id, String... changes) {
    String json =
        """
        {"id":%s,"created_at":"2022-02-03T04:05:06.000-05:00","rating":"s","score":7,\
        "fav_count":9,"file_ext":"png","file_size":5,"image_width":600,"image_height":800,\
        "md5":"%032x","tag_string_general":"1girl solo","tag_string_artist":"a",\
        "tag_string_character":"","tag_string_copyright":"b","tag_string_meta":"highres",\
        "is_deleted":false,"is_banned":false}"""
            .formatted(id, id);
    for (int i = 0; i < changes.length; i += 2) {
      assertThat(json).contains(changes[i]);
      json = json.replace(changes[i], changes[i + 1]);
    }
    return json;
  }
}
