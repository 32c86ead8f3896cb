// SPDX-License-Identifier: Apache-2.0
package dev.jitney.cli

import dev.jitney.event.JsonPayload
import org.assertj.core.api.Assertions.assertThat
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.Timeout
import org.junit.jupiter.api.io.TempDir
import org.junit.jupiter.params.ParameterizedTest
import org.junit.jupiter.params.provider.Arguments
import org.junit.jupiter.params.provider.Arguments.arguments
import org.junit.jupiter.params.provider.MethodSource
import org.junit.jupiter.params.provider.ValueSource
import java.nio.file.Files
import java.nio.file.Path

/** `bus bench`, with loads that are over at once. */
@Timeout(60)
internal class BenchCommandTest {
    @TempDir
    lateinit var directory: Path

    private val cli by lazy { CommandLine(directory) }

    private fun bench(vararg args: String) = cli.bus("bench", *args, "--warmup", "0ms", "--runs", "2")

    private fun files(): List<String> = Files.list(directory).use { all -> all.map { it.fileName.toString() }.toList() }

    @ParameterizedTest
    @MethodSource("loads")
    fun tellsOfEachRunWithAllItsFigures(line: String, level: String?, events: Long) {
        val ran = bench(*line.split(' ').toTypedArray(), "-o", "json")

        assertThat(ran.code).isZero()
        val result = JsonPayload.of(ran.out).tree() as Map<*, *>
        assertThat(result.keys).containsExactly("kind", "scenario", "config", "env", "runs", "median")
        assertThat(result["scenario"]).isEqualTo(line.substringBefore(' '))
        assertThat((result["config"] as Map<*, *>)["level"]).isEqualTo(level)
        assertThat((result["env"] as Map<*, *>).keys).contains("java", "cores", "os", "flags")
        val runs = result["runs"] as List<*>
        assertThat(runs).hasSize(2)
        for (run in runs + result["median"]) checkFigures(run as Map<*, *>)
        assertThat(runs.map { number((it as Map<*, *>)["events"]) }).allMatch { it.toLong() == events }
        assertThat(files()).isEmpty()
    }

    private fun checkFigures(run: Map<*, *>) {
        assertThat(number(run["rate"])).isPositive()
        assertThat(number(run["gcMs"])).isNotNegative()
        val latencies = run["latencyNs"] as Map<*, *>
        assertThat(latencies.keys).containsExactly("p50", "p90", "p99", "p999", "max")
        assertThat(latencies.values.map(::number)).isSorted().allMatch { it > 0 }
    }

    private fun number(value: Any?): Double = (value as Number).toDouble()

    @Test
    fun showsATableAndSaysWhatItIs() {
        val ran = bench("e2e", "--events", "200", "--rate", "5k/s", "--handlers", "2", "--keys", "3")

        val lines = ran.out.trimEnd().lines()
        assertThat(lines[0]).isEqualTo(
            "e2e · 256 B · 1 producer → 2 handlers · 3 keys · no store · open loop 5,000/s · " +
                "2 × 200 events after 0 s of warm-up",
        )
        assertThat(lines[1]).isEqualTo("latency: from publish to each handler, from when it was due")
        assertThat(lines[2].split(Regex(" +")))
            .containsExactly("run", "rate/s", "p50", "p90", "p99", "p99.9", "max", "gc")
        assertThat(lines.slice(3..5).map { it.substringBefore(' ') }).containsExactly("1", "2", "median")
        assertThat(lines[6]).startsWith("spread of p99 ").contains("Java ${System.getProperty("java.version")}, ")
        assertThat(lines).hasSize(7)
        assertThat(ran.err).isEmpty()
    }

    @Test
    fun saysWhatAClosedLoopLeavesOut() {
        assertThat(bench("publish", "--events", "10").err)
            .isEqualTo("Closed loop: what would have waited to be sent is not in the latencies; --rate has it in.\n")
        assertThat(bench("publish", "--events", "10", "-q").err).isEmpty()
    }

    @Test
    fun warnsOfABusyMachineBeforeItRuns() {
        val cores = Runtime.getRuntime().availableProcessors()
        val of = if (cores == 1) "1 core" else "$cores cores"
        val warning = "bus: warning: The machine is busy (load ${100 * cores}.0 on $of): figures will be rough.\n"
        cli.load = 100.0 * cores

        val ran = bench("e2e", "--events", "10", "--rate", "5k/s", "-o", "json")

        assertThat(ran.err).isEqualTo(warning)
        assertThat(JsonPayload.of(ran.out).tree()).isInstanceOf(Map::class.java)
        assertThat(bench("e2e", "--events", "10", "--rate", "5k/s", "-q").err).isEqualTo(warning)
        assertThat(bench("store", "--events", "10", "--rate", "5k/s").err).startsWith(warning)
        // It comes before what is said at the end.
        assertThat(bench("publish", "--events", "10").err).startsWith(warning).contains("Closed loop")
    }

    @Test
    fun saysNothingOfAMachineThatIsQuietOrUnknown() {
        for (load in listOf(0.0, null)) {
            cli.load = load
            assertThat(bench("e2e", "--events", "10", "--rate", "5k/s").err).isEmpty()
        }
    }

    @Test
    fun putsNothingIntoWhatIsThere() {
        cli.example()
        val before = cli.bus("info", "-o", "json").out

        val ran = bench("store", "--events", "5", "-d", ".bus")

        assertThat(ran.err).isEqualTo(
            "bus: '--dir' is '.bus', which is not empty. A benchmark adds events to nothing that is there. " +
                "[BUS-2001]\n" +
                "     try: a directory that is not there, or --use-current to add events to this bus\n",
        )
        assertThat(ran.code).isEqualTo(2)
        assertThat(bench("store", "--events", "5", "-q").code).isZero()
        assertThat(cli.bus("info", "-o", "json").out).isEqualTo(before)
    }

    @Test
    fun removesWhatItHasMadeAndNothingElse() {
        Files.createDirectory(directory.resolve("empty"))

        assertThat(bench("publish", "--events", "5", "-d", "new").code).isZero()
        assertThat(bench("store", "--events", "5", "-d", "empty").code).isZero()

        assertThat(files()).containsExactly("empty")
        assertThat(directory.resolve("empty")).isEmptyDirectory()
    }

    @Test
    fun usesTheBusThatIsThereWhenItIsAsked() {
        cli.example()

        val replayed = bench("replay", "--use-current", "-o", "json")
        assertThat(replayed.out).contains("\"runs\":[{\"events\":4,")
        assertThat(cli.bus("query", "--count").out).isEqualTo("4\n")

        val stored = bench("store", "--use-current", "--events", "5")
        assertThat(stored.err).startsWith("Events of this benchmark stay in $directory/.bus.\n")
        assertThat(cli.bus("query", "--count").out).isEqualTo("14\n")
        assertThat(cli.bus("query", "--count", "bench.event").out).isEqualTo("10\n")
    }

    @Test
    fun sendsThePayloadOfAFile() {
        Files.writeString(directory.resolve("order.json"), "{\"id\":7}")
        cli.example()

        bench("store", "--use-current", "--events", "1", "--payload", "order.json")

        assertThat(cli.bus("query", "bench.event", "-o", "jsonl").lines).hasSize(2)
            .allSatisfy { assertThat(it).contains("\"payload\":{\"id\":7}") }
    }

    @Test
    fun comparesWithAnEarlierResult() {
        val result = bench("publish", "--events", "50", "-o", "json").out
        val slower = Regex("\"rate\":[0-9.]+").replace(result, "\"rate\":1000000000.00")
        val faster = Regex("\"rate\":[0-9.]+").replace(result, "\"rate\":0.01")
        Files.writeString(directory.resolve("slower.json"), slower)
        Files.writeString(directory.resolve("faster.json"), faster)

        fun against(file: String) =
            bench("publish", "--events", "50", "--baseline", file, "--fail-if", "rate<-5%", "-o", "json")

        val bad = against("slower.json")
        assertThat(bad.code).isEqualTo(5)
        assertThat(bad.out).endsWith("\"verdict\":\"regressed\"}\n")
        val shown = bench("publish", "--events", "50", "--baseline", "slower.json", "--fail-if", "rate < -5%")
        assertThat(shown.out)
            .containsPattern("\nagainst the baseline: rate changed by -\\d+\\.\\d % \\(rate < -5%\\)\n$")
        val good = against("faster.json")
        assertThat(good.code).isZero()
        assertThat(good.out).endsWith("\"verdict\":\"ok\"}\n")
    }

    @Test
    fun comparesOnlyWhatIsAlike() {
        Files.writeString(directory.resolve("a.json"), bench("publish", "--events", "5", "-o", "json").out)
        Files.writeString(directory.resolve("b.json"), "{\"kind\":\"bus.info/1\"}")

        for ((args, message) in listOf(
            listOf("e2e", "--baseline", "a.json") to "'--baseline' is 'a.json', which is of another load: its " +
                "scenario is publish, here e2e. [BUS-2001]",
            listOf("publish", "--producers", "2", "--baseline", "a.json") to "'--baseline' is 'a.json', which is of " +
                "another load: its producers is 1, here 2. [BUS-2001]",
            listOf("publish", "--rate", "5/s", "--baseline", "a.json") to "'--baseline' is 'a.json', which is of " +
                "another load: its ratePerSecond is not set, here 5.0. [BUS-2001]",
            listOf("publish", "--baseline", "b.json") to "'--baseline' is 'b.json', which is no result of bus bench " +
                "-o json. [BUS-2006]",
        )) {
            val ran = bench(*args.toTypedArray())
            assertThat(ran.err).isEqualTo("bus: $message\n")
            assertThat(ran.code).isEqualTo(2)
        }
    }

    @ParameterizedTest
    @ValueSource(strings = ["json", "csv", "md", "hgrm"])
    fun writesAFileInTheFormOfItsName(form: String) {
        val ran = bench("publish", "--events", "50", "--export", "result.$form", "-o", "json")

        val text = Files.readString(directory.resolve("result.$form"))
        when (form) {
            "json" -> assertThat(text).isEqualTo(ran.out)

            "csv" -> assertThat(text.lines().map { it.replace(Regex("[0-9.]+(?=,|$)"), "N") })
                .containsExactly(
                    "run,rate,p50_ns,p90_ns,p99_ns,p999_ns,max_ns,gc_ms",
                    ROW,
                    ROW,
                    "median" + ROW.drop(1),
                    "",
                )

            "md" -> assertThat(text).contains("\n| run | rate/s | p50 | p90 | p99 | p99.9 | max | gc |\n|---|---:|")

            else -> assertThat(text).contains("Percentile TotalCount", "#[Mean")
        }
    }

    @Test
    fun saysWhenAFileCannotBeWritten() {
        val ran = bench("publish", "--events", "5", "--export", "none/result.csv")

        assertThat(ran.err).endsWith("bus: '--export' is 'none/result.csv', which cannot be written. [BUS-2505]\n")
        assertThat(ran.out).startsWith("publish · ")
        assertThat(ran.code).isEqualTo(1)
    }

    private companion object {
        const val ROW = "N,N,N,N,N,N,N,N"

        @JvmStatic
        fun loads(): List<Arguments> = listOf(
            arguments("publish --events 100", null, 100L),
            arguments("publish --events 101 --producers 3 --topics 7 --keys 5 --handlers 2", null, 101L),
            arguments("publish --events 50 --level memory", "memory", 50L),
            arguments("publish --duration 50ms --rate 1k/s", null, 50L),
            arguments("e2e --events 100", null, 100L),
            arguments("e2e --events 100 --rate 10k --producers 2", null, 100L),
            arguments("e2e --events 20 -d here", "disk", 20L),
            arguments("replay --events 600 --level os --handlers 2", "os", 600L),
            arguments("store --events 20 --size 0", "disk", 20L),
            arguments("store --events 100 --level os --rate 1M/s --producers 2", "os", 100L),
        )
    }
}
