#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# Times whole bus commands: over 10 million events, and the start of a command. Everything it needs it makes: the
# distribution, and two logs of 3 GB in bus-cli/target/bench, which are removed at the end. Arguments are key=value:
#
#   parts=queries,start  events=10m  topics-events=10m  distinct=1m  rounds=5  starts=11  lines=100000
#   homes=JDK,JDK...     which Javas run bus; otherwise JAVA_HOME, or the one on PATH
#   only=TEXT            only the queries whose name has it
#   keep=yes             leaves the logs for the next time
#   archive=no           without start-up archives, as where the cache cannot be written
#
# As root it also measures with nothing of the log in the page cache.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../../.." && pwd)
out=$root/bus-cli/target/bench
events=10m many=10m distinct=1m parts=queries,start homes= keep=no
rest=
for argument in "$@"; do
    value=${argument#*=}
    case $argument in
        events=*) events=$value ;;
        topics-events=*) many=$value ;;
        distinct=*) distinct=$value ;;
        parts=*) parts=$value ;;
        homes=*) homes=$value ;;
        keep=*) keep=$value ;;
        *) rest="$rest $argument" ;;
    esac
done

java=${JAVA_HOME:+$JAVA_HOME/bin/}java
[ -n "$homes" ] || homes=$("$java" -XshowSettings:properties -version 2>&1 | sed -n 's/^ *java\.home = //p')

fixture() {
    (cd "$root" && mvn -q -B -Pbench -pl plugins/store-file -am verify \
        -Dbench.store=dev.jitney.store.file.FixtureMain "-Dbench.args=dir=$1 events=$2 topics=$3")
}

[ "$keep" = yes ] || trap 'rm -rf "$out/fixture" "$out/fixture.fixture" "$out/fixture-topics" "$out/fixture-topics.fixture"' EXIT

"$root/bus-cli/bus" version >/dev/null # builds the distribution when there is none
bus=$(ls -d "$root"/bus-cli/target/jitney-*/bin/bus | tail -n 1)
case $parts in
    *queries*)
        fixture "$out/fixture" "$events" 10
        fixture "$out/fixture-topics" "$many" "$distinct"
        ;;
esac

mkdir -p "$out/classes"
"${java%java}javac" -d "$out/classes" -sourcepath "$here/java" "$here/java/dev/jitney/cli/bench/CommandTimes.java"
# shellcheck disable=SC2086 # options are words
"$java" -cp "$out/classes" dev.jitney.cli.bench.CommandTimes "bus=$bus" "parts=$parts" "homes=$homes" \
    "fixture=$out/fixture" "topics=$out/fixture-topics" "data=$out/data" "results=$out/commands.jsonl" $rest
