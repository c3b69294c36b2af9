package io.kohaku.demo;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kohaku.demo.scene.DemoPost;
import io.kohaku.demo.scene.Fate;
import io.kohaku.demo.scene.Picture;
import io.kohaku.demo.scene.SceneTags;
import java.time.format.DateTimeFormatter;
import java.util.List;

/** One post as the site's interface shows it to a visitor without an account. */
final class PostJson {
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSSxxx");
  private static final String FILES = "https://files.example.com";

  private final ObjectMapper mapper = new ObjectMapper();

  /** One line, without its end. */
  String line(DemoPost post, Picture picture) {
    ObjectNode json = mapper.createObjectNode();
    String created = post.createdAt().format(TIME);
    json.put("id", post.id());
    json.put("created_at", created);
    json.put("uploader_id", 1 + post.id() % 97);
    json.put("score", post.favourites() * 4 / 5);
    json.put("source", "https://art.example.com/works/" + post.id());
    if (post.fate().visible()) {
      json.put("md5", picture.md5());
    }
    json.putNull("last_comment_bumped_at");
    json.put("rating", String.valueOf(post.rating()));
    json.put("image_width", post.width());
    json.put("image_height", post.height());
    json.put("tag_string", String.join(" ", post.tags().all()));
    json.put("fav_count", post.favourites());
    json.put("file_ext", post.extension());
    json.putNull("last_noted_at");
    json.putNull("parent_id");
    json.put("has_children", false);
    json.putNull("approver_id");
    tagCounts(json, post.tags());
    json.put("file_size", picture.bytes().length);
    json.put("up_score", post.favourites() * 4 / 5 + 1);
    json.put("down_score", -1);
    flags(json, post);
    json.put("updated_at", created);
    tagStrings(json, post.tags());
    json.set("media_asset", mediaAsset(post, picture, created));
    addresses(json, post, picture);
    return json.toString();
  }

  private static void tagCounts(ObjectNode json, SceneTags tags) {
    json.put("tag_count_general", tags.general().size());
    json.put("tag_count_artist", tags.artist().size());
    json.put("tag_count_character", tags.character().size());
    json.put("tag_count_copyright", tags.copyright().size());
    json.put("tag_count_meta", tags.meta().size());
    json.put("tag_count", tags.all().size());
  }

  private static void tagStrings(ObjectNode json, SceneTags tags) {
    json.put("tag_string_general", String.join(" ", tags.general()));
    json.put("tag_string_character", String.join(" ", tags.character()));
    json.put("tag_string_copyright", String.join(" ", tags.copyright()));
    json.put("tag_string_artist", String.join(" ", tags.artist()));
    json.put("tag_string_meta", String.join(" ", tags.meta()));
  }

  private static void flags(ObjectNode json, DemoPost post) {
    json.put("is_pending", false);
    json.put("is_flagged", false);
    json.put("is_deleted", post.fate() == Fate.DELETED);
    json.put("is_banned", post.fate() == Fate.BANNED);
    json.putNull("last_commented_at");
    json.put("has_active_children", false);
    json.put("bit_flags", 0);
    json.put("has_large", false);
    json.put("has_visible_children", false);
    json.putNull("pixiv_id");
  }

  private ObjectNode mediaAsset(DemoPost post, Picture picture, String created) {
    ObjectNode asset = mapper.createObjectNode();
    asset.put("id", post.id() + 1_000_000);
    asset.put("created_at", created);
    asset.put("updated_at", created);
    if (post.fate().visible()) {
      asset.put("md5", picture.md5());
    }
    asset.put("file_ext", post.extension());
    asset.put("file_size", picture.bytes().length);
    asset.put("image_width", post.width());
    asset.put("image_height", post.height());
    asset.putNull("duration");
    asset.put("status", post.fate() == Fate.DELETED ? "deleted" : "active");
    if (post.fate().visible()) {
      asset.put("file_key", Long.toString(post.id(), 36));
    }
    asset.put("is_public", post.fate().visible());
    if (post.fate().visible()) {
      asset.set("variants", variants(post, picture));
    }
    return asset;
  }

  private ArrayNode variants(DemoPost post, Picture picture) {
    ArrayNode variants = mapper.createArrayNode();
    for (String type : List.of("180x180", "original")) {
      ObjectNode variant = variants.addObject();
      boolean original = type.equals("original");
      int longer = Math.max(post.width(), post.height());
      variant.put("type", type);
      variant.put("url", FILES + "/" + type + "/" + picture.md5() + "." + post.extension());
      variant.put("width", original ? post.width() : post.width() * 180 / longer);
      variant.put("height", original ? post.height() : post.height() * 180 / longer);
      variant.put("file_ext", original ? post.extension() : "jpg");
    }
    return variants;
  }

  private static void addresses(ObjectNode json, DemoPost post, Picture picture) {
    if (post.fate().visible()) {
      String original = FILES + "/original/" + picture.md5() + "." + post.extension();
      json.put("file_url", original);
      json.put("large_file_url", original);
      json.put("preview_file_url", FILES + "/180x180/" + picture.md5() + ".jpg");
    }
  }
}
