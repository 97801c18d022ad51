package io.github.mccache.codec;

/**
 * The numbers of the built-in codecs, fixed for ever: they travel between members of different
 * versions. A number may be added, never given another meaning. What the bytes look like is written
 * down in {@code src/site/markdown/codecs.md}.
 */
final class CodecNumber {

  static final int STRING = 1;
  static final int STRING_UTF_16 = 2;
  static final int BOOLEAN = 3;
  static final int BYTE = 4;
  static final int SHORT = 5;
  static final int INTEGER = 6;
  static final int LONG = 7;
  static final int FLOAT = 8;
  static final int DOUBLE = 9;
  static final int CHARACTER = 10;
  static final int BIG_INTEGER = 11;
  static final int BIG_DECIMAL = 12;
  static final int BYTES = 13;
  static final int UUID = 14;
  static final int INSTANT = 15;
  static final int DURATION = 16;
  static final int LOCAL_DATE = 17;
  static final int LOCAL_TIME = 18;
  static final int LOCAL_DATE_TIME = 19;
  static final int OFFSET_TIME = 20;
  static final int OFFSET_DATE_TIME = 21;
  static final int ZONED_DATE_TIME = 22;
  static final int ZONE_REGION = 23;
  static final int ZONE_OFFSET = 24;
  static final int YEAR = 25;
  static final int YEAR_MONTH = 26;
  static final int MONTH_DAY = 27;
  static final int PERIOD = 28;
  static final int ENUM = 32;
  static final int PROTOBUF = 33;
  static final int JAVA_SERIALIZATION = 63;

  private CodecNumber() {}
}
