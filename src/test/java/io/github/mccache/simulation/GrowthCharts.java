package io.github.mccache.simulation;

import java.awt.BasicStroke;
import java.awt.Color;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.DoubleSummaryStatistics;
import java.util.List;
import java.util.Locale;
import java.util.SortedMap;
import java.util.function.ToDoubleFunction;
import java.util.regex.Pattern;
import java.util.stream.DoubleStream;
import org.knowm.xchart.VectorGraphicsEncoder;
import org.knowm.xchart.VectorGraphicsEncoder.VectorGraphicsFormat;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.style.Styler;
import org.knowm.xchart.style.XYStyler;
import org.knowm.xchart.style.markers.SeriesMarkers;

/**
 * The pictures of {@link Growth}: by the number of members, both axes in powers of two. The axes
 * are linear and show logarithms, because XChart's logarithmic ones name nothing but powers of ten.
 */
final class GrowthCharts {

  private static final int WIDTH = 800;
  private static final int HEIGHT = 420;

  /** What the memory that grows or might grow is called at the place that counts it. */
  private static final List<String> MEMORY =
      List.of("streams", "records", "framesSent", "pendingRepairs", "chunksKept", "inbox");

  private static final Pattern NEEDLESS_DIGITS = Pattern.compile("(\\d\\.\\d\\d)\\d+");

  private final SortedMap<Integer, Totals> bySize;

  GrowthCharts(SortedMap<Integer, Totals> bySize) {
    this.bySize = bySize;
  }

  /** Writes all pictures, and returns where they are. */
  List<Path> write(Path directory) throws IOException {
    return List.of(
        write(directory.resolve("growth-traffic.svg"), traffic()),
        write(directory.resolve("growth-convergence.svg"), convergence()),
        write(directory.resolve("growth-memory.svg"), memory()));
  }

  XYChart traffic() {
    XYChart chart = chart("What a member sends", "bytes per second");
    addLogarithms(chart, "whole run", Totals::bytesPerMemberSecond);
    addLogarithms(chart, "at rest", Totals::quietBytesPerMemberSecond);
    powersOfTwo(chart);
    return chart;
  }

  XYChart convergence() {
    XYChart chart = chart("How long until all agree", "milliseconds of virtual time");
    add(chart, "most", totals -> totals.convergencePercentile(100));
    add(chart, "99 %", totals -> totals.convergencePercentile(99));
    add(chart, "median", totals -> totals.convergencePercentile(50));
    double most =
        bySize.values().stream()
            .mapToDouble(totals -> totals.convergencePercentile(100))
            .max()
            .orElse(0);
    chart.getStyler().setYAxisMin(0.0).setYAxisMax(Math.max(500, most * 1.1));
    return chart;
  }

  XYChart memory() {
    XYChart chart = chart("The most that a member keeps", "number");
    for (String name : MEMORY) {
      addLogarithms(chart, name, totals -> totals.highest().getOrDefault(name, 0L));
    }
    powersOfTwo(chart);
    return chart;
  }

  private XYChart chart(String title, String yTitle) {
    XYChart chart =
        new XYChartBuilder()
            .width(WIDTH)
            .height(HEIGHT)
            .title(title)
            .xAxisTitle("members")
            .yAxisTitle(yTitle)
            .build();
    XYStyler styler = chart.getStyler();
    styler
        .setXAxisMin(Math.floor(logarithm(bySize.firstKey())))
        .setXAxisMax(Math.ceil(logarithm(bySize.lastKey() + 1)))
        .setxAxisTickLabelsFormattingFunction(GrowthCharts::power)
        .setPlotGridLinesColor(new Color(225, 225, 225))
        .setPlotGridLinesStroke(new BasicStroke(1))
        .setChartBackgroundColor(Color.WHITE)
        .setLegendPosition(Styler.LegendPosition.OutsideE);
    styler.setYAxisDecimalPattern("#,##0");
    return chart;
  }

  /** Lets the axis begin and end at a power of two. */
  private static void powersOfTwo(XYChart chart) {
    DoubleSummaryStatistics range =
        chart.getSeriesMap().values().stream()
            .flatMapToDouble(series -> DoubleStream.of(series.getYData()))
            .summaryStatistics();
    if (range.getCount() > 0) {
      chart
          .getStyler()
          .setYAxisMin(Math.floor(range.getMin()))
          .setYAxisMax(Math.max(Math.floor(range.getMin()) + 1, Math.ceil(range.getMax())))
          .setyAxisTickLabelsFormattingFunction(GrowthCharts::power);
    }
  }

  /** Names an exponent by its power of two, one between two of them not at all. */
  private static String power(double exponent) {
    boolean whole = Math.abs(exponent - Math.rint(exponent)) < 1e-6;
    return whole ? String.format(Locale.ROOT, "%,.0f", Math.pow(2, exponent)) : "";
  }

  private static double logarithm(double number) {
    return Math.log(number) / Math.log(2);
  }

  /** A zero has no logarithm, and is left out. */
  private void addLogarithms(XYChart chart, String name, ToDoubleFunction<Totals> figure) {
    add(chart, name, totals -> logarithm(figure.applyAsDouble(totals)));
  }

  private void add(XYChart chart, String name, ToDoubleFunction<Totals> figure) {
    List<Double> x = new ArrayList<>();
    List<Double> y = new ArrayList<>();
    bySize.forEach(
        (members, totals) -> {
          double value = figure.applyAsDouble(totals);
          if (Double.isFinite(value)) {
            x.add(logarithm(members));
            y.add(value);
          }
        });
    if (!x.isEmpty()) {
      chart.addSeries(name, x, y).setMarker(SeriesMarkers.CIRCLE);
    }
  }

  private static Path write(Path file, XYChart chart) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    VectorGraphicsEncoder.saveVectorGraphic(chart, bytes, VectorGraphicsFormat.SVG);
    String svg = bytes.toString(StandardCharsets.UTF_8);
    Files.writeString(file, NEEDLESS_DIGITS.matcher(svg).replaceAll("$1"));
    return file;
  }
}
