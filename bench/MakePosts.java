import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.BitSet;
import java.util.LinkedHashSet;
import java.util.Random;
import java.util.Set;
import java.util.SplittableRandom;

/**
 * Makes up posts, as JSON lines of the site's API and, on request, as HakuBooru's SQLite database.
 *
 * <p>Priors: ids spread over 1 to 6,857,737; ratings 30, 40, 14 and 16 per cent; log-normal
 * favourite counts with the published medians of each rating; Zipf-like tags, some 30 a post; a few
 * per cent deleted, banned, gold-only or not still images.
 *
 * <p>Usage: {@code java MakePosts.java N POSTS.jsonl [POSTS.db]}
 */
final class MakePosts {
  private static final int MAX_ID = 6_857_737;
  private static final String[] CATEGORIES = {"general", "artist", "character", "copyright", "meta"};
  private static final int[] VOCABULARY = {30_000, 60_000, 40_000, 8_000, 250};
  private static final double[] MEAN = {25, 1.0, 1.3, 1.1, 2.2};
  private static final String[][] HEADS = {
    {
      "1girl", "solo", "long_hair", "2girls", "multiple_girls", "male_focus", "1boy", "^_^", "o_o",
      "looking_at_viewer", "blue_eyes", "6+girls", "3d"
    },
    {"banned_artist"},
    {"hatsune_miku"},
    {"original", "touhou"},
    {
      "highres", "absurdres", "commentary_request", "bad_id", "translated", "photo_(medium)",
      "animated", "md5_mismatch"
    }
  };
  private static final double[] MEDIAN = {8, 15, 38, 52};
  private static final double[] RATING = {.30, .70, .84, 1};
  private static final String[] EXTENSIONS = {"jpg", "png", "webp", "gif", "mp4", "zip", "swf", "avif"};
  private static final double[] EXTENSION = {.72, .94, .96, .975, .987, .995, .996, 1};

  private final SplittableRandom random = new SplittableRandom(7);
  private final Random normal = new Random(7);
  private final String[][] names = new String[5][];
  private final int[][] draws = new int[5][1 << 18];

  private MakePosts() {
    for (int c = 0; c < 5; c++) {
      names[c] = names(c);
      fillDraws(c);
    }
  }

  public static void main(String[] arguments) throws Exception {
    int count = Integer.parseInt(arguments[0]);
    MakePosts maker = new MakePosts();
    try (OutputStream out =
            new BufferedOutputStream(Files.newOutputStream(Path.of(arguments[1])), 1 << 20);
        Database database = arguments.length > 2 ? new Database(arguments[2], maker.names) : null) {
      maker.make(count, out, database);
    }
  }

  private static String[] names(int category) {
    String[] names = new String[VOCABULARY[category]];
    for (int i = 0; i < names.length; i++) {
      int own = i - HEADS[category].length;
      names[i] =
          own < 0
              ? HEADS[category][i]
              : CATEGORIES[category] + "_tag_" + own + (own % 5 == 0 ? "_(x)" : "");
    }
    return names;
  }

  /** Ranks of a Zipf-like law by its inverse distribution, drawn once and then picked from. */
  private void fillDraws(int category) {
    double[] sums = new double[VOCABULARY[category]];
    double sum = 0;
    for (int i = 0; i < sums.length; i++) {
      sum += Math.pow(i + 1, -1.05);
      sums[i] = sum;
    }
    for (int i = 0; i < draws[category].length; i++) {
      int rank = java.util.Arrays.binarySearch(sums, random.nextDouble() * sum);
      draws[category][i] = Math.min(rank < 0 ? -rank - 1 : rank, sums.length - 1);
    }
  }

  private void make(int count, OutputStream out, Database database)
      throws IOException, SQLException {
    if (count > MAX_ID) {
      throw new IllegalArgumentException("Invalid POSTS: " + count + " (at most " + MAX_ID + ")");
    }
    BitSet ids = new BitSet(MAX_ID + 1);
    while (ids.cardinality() < count) {
      for (int missing = count - ids.cardinality(); missing > 0; missing--) {
        ids.set(1 + random.nextInt(MAX_ID));
      }
    }
    int index = 0;
    for (int id = ids.nextSetBit(0); id >= 0; id = ids.nextSetBit(id + 1)) {
      Post post = post(id, index++);
      out.write(post.json().getBytes(StandardCharsets.UTF_8));
      if (database != null) {
        database.add(post);
      }
    }
  }

  private static int pick(double[] sums, double at) {
    int i = 0;
    while (sums[i] <= at && i < sums.length - 1) {
      i++;
    }
    return i;
  }

  private int side(double median) {
    double side = median * Math.exp(0.15 + 0.5 * normal.nextGaussian());
    return (int) Math.min(9000, Math.max(60, side));
  }

  private Post post(int id, int index) {
    int rating = pick(RATING, random.nextDouble());
    int favCount = (int) (MEDIAN[rating] * Math.exp(1.2 * normal.nextGaussian()));
    String extension = EXTENSIONS[pick(EXTENSION, random.nextDouble())];
    int year = 2005 + (int) (18.4 * id / MAX_ID);
    String createdAt =
        "%d-%02d-%02dT0%d:%02d:10.123-04:00"
            .formatted(year, 1 + index % 12, 1 + index % 28, index % 10, index % 60);
    int[][] tags = new int[5][];
    for (int c = 0; c < 5; c++) {
      int wanted = Math.max(poisson(MEAN[c]), c == 0 ? 1 : 0);
      Set<Integer> ranks = new LinkedHashSet<>();
      for (int i = 0; i < wanted; i++) {
        ranks.add(draws[c][random.nextInt(draws[c].length)]);
      }
      tags[c] = ranks.stream().mapToInt(Integer::intValue).toArray();
    }
    return new Post(
        id, index, createdAt, rating, favCount, extension, side(1000), side(1300),
        random.nextDouble() < .05, random.nextDouble() < .01, random.nextDouble() >= .015, tags,
        names);
  }

  private int poisson(double mean) {
    double limit = Math.exp(-mean);
    double product = random.nextDouble();
    int count = 0;
    while (product > limit) {
      product *= random.nextDouble();
      count++;
    }
    return count;
  }

  private record Post(
      int id, int index, String createdAt, int rating, int favCount, String extension, int width,
      int height, boolean deleted, boolean banned, boolean visible, int[][] tags,
      String[][] names) {

    String md5() {
      return "%032x".formatted(index);
    }

    String json() {
      StringBuilder json = new StringBuilder(1600);
      json.append("{\"id\":").append(id).append(",\"created_at\":\"").append(createdAt);
      json.append("\",\"rating\":\"").append("gsqe".charAt(rating));
      json.append("\",\"score\":").append(favCount / 2).append(",\"fav_count\":").append(favCount);
      json.append(",\"file_ext\":\"").append(extension);
      json.append("\",\"file_size\":").append(width * height / 3);
      json.append(",\"image_width\":").append(width).append(",\"image_height\":").append(height);
      json.append(",\"is_deleted\":").append(deleted).append(",\"is_banned\":").append(banned);
      json.append(",\"parent_id\":null,\"has_children\":false,\"source\":\"\",\"uploader_id\":1");
      json.append(",\"tag_string\":\"");
      int start = json.length();
      for (int c = 0; c < 5; c++) {
        appendTags(json, c, json.length() > start);
      }
      json.append('"');
      for (int c = 0; c < 5; c++) {
        json.append(",\"tag_string_").append(CATEGORIES[c]).append("\":\"");
        appendTags(json, c, false);
        json.append('"');
      }
      for (int c = 0; c < 5; c++) {
        json.append(",\"tag_count_").append(CATEGORIES[c]).append("\":").append(tags[c].length);
      }
      if (visible) {
        json.append(",\"md5\":\"").append(md5());
        json.append("\",\"file_url\":\"original/").append(md5()).append('.').append(extension);
        json.append('"');
      }
      return json.append("}\n").toString();
    }

    private void appendTags(StringBuilder json, int category, boolean goesOn) {
      boolean space = goesOn;
      for (int rank : tags[category]) {
        json.append(space ? " " : "").append(names[category][rank]);
        space = true;
      }
    }
  }

  /** Tables and indices as HakuBooru makes them. */
  private static final class Database implements AutoCloseable {
    private final Connection connection;
    private final PreparedStatement post;
    private final PreparedStatement relation;
    private final int[] firstTag = new int[5];
    private int relations;

    Database(String file, String[][] names) throws SQLException {
      connection = DriverManager.getConnection("jdbc:sqlite:" + file);
      run(
          "pragma journal_mode = off",
          "pragma synchronous = off",
          "create table tag (id integer not null primary key, name varchar(255) not null,"
              + " type integer not null, popularity integer not null)",
          "create table post (id integer not null primary key, created_at varchar(255) not null,"
              + " uploader_id integer not null, source varchar(255) not null, md5 varchar(255),"
              + " is_deleted integer not null, is_banned integer not null,"
              + " bit_flags integer not null, image_width integer not null,"
              + " image_height integer not null, file_size integer not null,"
              + " file_ext varchar(255) not null, rating integer not null, score integer not null,"
              + " fav_count integer not null, file_url varchar(255))",
          "create table posttagrelation (id integer not null primary key,"
              + " post_id integer not null references post (id),"
              + " tag_id integer not null references tag (id))");
      connection.setAutoCommit(false);
      post = connection.prepareStatement("insert into post values (" + "?,".repeat(15) + "?)");
      relation = connection.prepareStatement("insert into posttagrelation values (?, ?, ?)");
      addTags(names);
    }

    private void addTags(String[][] names) throws SQLException {
      int id = 0;
      try (PreparedStatement tag =
          connection.prepareStatement("insert into tag values (?, ?, ?, 1)")) {
        for (int c = 0; c < 5; c++) {
          firstTag[c] = id + 1;
          for (String name : names[c]) {
            set(tag, ++id, name, c);
          }
        }
      }
    }

    void add(Post p) throws SQLException {
      String url = p.visible() ? "original/" + p.md5() + "." + p.extension() : null;
      set(
          post, p.id(), p.createdAt(), 1, "", p.visible() ? p.md5() : null, p.deleted(),
          p.banned(), 0, p.width(), p.height(), p.width() * p.height() / 3, p.extension(),
          p.rating(), p.favCount() / 2, p.favCount(), url);
      for (int c = 0; c < 5; c++) {
        for (int rank : p.tags()[c]) {
          set(relation, ++relations, p.id(), firstTag[c] + rank);
        }
      }
    }

    private static void set(PreparedStatement statement, Object... values) throws SQLException {
      for (int i = 0; i < values.length; i++) {
        statement.setObject(i + 1, values[i]);
      }
      statement.executeUpdate();
    }

    private void run(String... statements) throws SQLException {
      try (Statement statement = connection.createStatement()) {
        for (String sql : statements) {
          statement.execute(sql);
        }
      }
    }

    @Override
    public void close() throws SQLException {
      connection.commit();
      connection.setAutoCommit(true);
      run(
          "create unique index tag_name on tag (name)",
          "create index posttagrelation_post_id on posttagrelation (post_id)",
          "create index posttagrelation_tag_id on posttagrelation (tag_id)");
      connection.close();
    }
  }
}
