// SPDX-License-Identifier: Apache-2.0
package dev.jitney.metrics.micrometer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.jitney.spi.PluginConfig;
import dev.jitney.spi.PluginException;
import dev.jitney.tck.TckContext;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class ScrapeServerTest {

    private static final HttpClient CLIENT =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(10)).build();

    private static MicrometerMetrics open(Map<String, String> config) {
        return (MicrometerMetrics)
                new MicrometerMetricsProvider()
                        .create(PluginConfig.of("metrics 'micrometer'", config, new TckContext()));
    }

    private static HttpResponse<String> send(MicrometerMetrics metrics, String method, String path)
            throws Exception {
        int port = Objects.requireNonNull(metrics.address()).getPort();
        HttpRequest request =
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                        .timeout(Duration.ofSeconds(10))
                        .method(method, BodyPublishers.noBody())
                        .build();
        return CLIENT.send(request, BodyHandlers.ofString());
    }

    @Test
    @DisplayName("MET-5 nothing listens unless a port is given")
    void nothingListensByDefault() {
        try (MicrometerMetrics metrics = open(Map.of())) {
            assertThat(metrics.address()).isNull();
        }
    }

    @Test
    @DisplayName("MET-5 serves the scrape on loopback, and nothing else")
    void servesTheScrape() throws Exception {
        try (MicrometerMetrics metrics = open(Map.of("http.port", "0"))) {
            assertThat(Objects.requireNonNull(metrics.address()).getAddress())
                    .isEqualTo(InetAddress.getByName("127.0.0.1"));
            metrics.counter("bus.events.published", Map.of("topic", "ü \"x\"")).accept(3);
            HttpResponse<String> answer = send(metrics, "GET", "/metrics");
            assertThat(answer.statusCode()).isEqualTo(200);
            assertThat(answer.headers().firstValue("Content-Type"))
                    .contains("text/plain; version=0.0.4; charset=utf-8");
            PrometheusText text = PrometheusText.parse(answer.body());
            assertThat(text.value("bus_events_published_total", "topic", "ü \"x\"")).isEqualTo(3);
            assertThat(send(metrics, "HEAD", "/metrics").statusCode()).isEqualTo(200);
            for (String path : List.of("/", "/metrics/", "/metrics/x", "/%2e%2e/metrics")) {
                assertThat(send(metrics, "GET", path).statusCode()).as(path).isEqualTo(404);
            }
            HttpResponse<String> post = send(metrics, "POST", "/metrics");
            assertThat(post.statusCode()).isEqualTo(405);
            assertThat(post.headers().firstValue("Allow")).contains("GET, HEAD");
        }
    }

    @Test
    @DisplayName("MET-5 its path can be another")
    void servesAnotherPath() throws Exception {
        Map<String, String> config =
                Map.of("http.port", "0", "http.path", "/bus/m", "http.host", "localhost");
        try (MicrometerMetrics metrics = open(config)) {
            assertThat(send(metrics, "GET", "/bus/m").statusCode()).isEqualTo(200);
            assertThat(send(metrics, "GET", "/metrics").body())
                    .isEqualTo("Metrics are at /bus/m.\n");
        }
    }

    @Test
    @DisplayName("LIF-3 closing stops it, and its threads are daemons")
    void closingStopsIt() throws Exception {
        MicrometerMetrics metrics = open(Map.of("http.port", "0"));
        assertThat(send(metrics, "GET", "/metrics").statusCode()).isEqualTo(200);
        assertThat(serverThreads()).isNotEmpty().allMatch(Thread::isDaemon);
        metrics.close();
        metrics.close();
        assertThatThrownBy(() -> send(metrics, "GET", "/metrics")).isInstanceOf(IOException.class);
        assertThreadsEnd();
    }

    /** Those of servers that were closed may take a moment. */
    private static void assertThreadsEnd() throws InterruptedException {
        for (Thread thread : serverThreads()) {
            thread.join(10_000);
            assertThat(thread.isAlive()).as(thread.getName()).isFalse();
        }
    }

    private static List<Thread> serverThreads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(
                        thread ->
                                thread.getName().equals("jitney-metrics-http")
                                        || thread.getName().equals("HTTP-Dispatcher"))
                .toList();
    }

    @Test
    @DisplayName("MET-5 says who cannot listen where, and leaves nothing open")
    void saysThatItCannotListen() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
            int port = taken.getLocalPort();
            assertThatThrownBy(() -> open(Map.of("http.port", Integer.toString(port))))
                    .isInstanceOf(PluginException.class)
                    .hasMessage(
                            ("Metrics backend 'micrometer' cannot listen on 127.0.0.1:%d (Address"
                                            + " already in use). Choose another 'http.port' or 'http.host'.")
                                    .formatted(port));
        }
        assertThreadsEnd();
    }

    @Test
    @DisplayName("MET-5 says where it listens as an address that a client takes")
    void saysWhereItListens() {
        assertThat(ScrapeServer.url("localhost", 9464, "/m")).isEqualTo("http://localhost:9464/m");
        assertThat(ScrapeServer.url("::1", 9464, "/m")).isEqualTo("http://[::1]:9464/m");
        assertThat(ScrapeServer.url("[::1]", 9464, "/m")).isEqualTo("http://[::1]:9464/m");
    }
}
