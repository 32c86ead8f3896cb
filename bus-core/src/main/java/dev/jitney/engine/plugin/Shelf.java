// SPDX-License-Identifier: Apache-2.0
package dev.jitney.engine.plugin;

import dev.jitney.spi.NearMatch;
import dev.jitney.spi.PluginException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * The plugins of one kind.
 *
 * @param found in order of name
 * @param problems what was left out of this kind
 * @param jarProblems what was left out before its kind was known
 * @param directories whether plugin directories were looked into
 */
record Shelf(
        PluginKind kind,
        List<Found> found,
        List<String> problems,
        List<String> jarProblems,
        boolean directories) {

    /**
     * All of them, provided that no two share a name.
     *
     * @param taken names that instances have: those are left out, and may be shared
     */
    List<Found> unambiguous(Set<String> taken) {
        List<Found> left = found.stream().filter(one -> !taken.contains(one.name())).toList();
        List<String> conflicts = conflictsOf(left);
        if (!conflicts.isEmpty()) {
            throw new PluginException(String.join(" ", conflicts));
        }
        return left;
    }

    Found find(String name, Set<String> taken) {
        for (Found candidate : unambiguous(taken)) {
            if (candidate.name().equals(name)) {
                return candidate;
            }
        }
        List<String> sentences = new ArrayList<>();
        sentences.add(kind.artifacts().containsKey(name) ? absent(name) : unknown(name));
        sentences.addAll(jarProblems);
        sentences.addAll(problems);
        throw new PluginException(String.join(" ", sentences));
    }

    List<String> conflicts() {
        return conflictsOf(found);
    }

    private List<String> conflictsOf(List<Found> some) {
        Map<String, List<Found>> byName =
                some.stream()
                        .collect(
                                Collectors.groupingBy(
                                        Found::name, TreeMap::new, Collectors.toList()));
        return byName.values().stream()
                .filter(same -> same.size() > 1)
                .map(this::conflict)
                .toList();
    }

    private String absent(String name) {
        String artifact = kind.artifacts().get(name);
        return "%s '%s' is part of %s, which is not on the class path%s. Add dev.jitney:%s."
                .formatted(
                        kind.title(),
                        name,
                        artifact,
                        directories ? " or in a plugin directory" : "",
                        artifact);
    }

    private String unknown(String name) {
        TreeSet<String> names = new TreeSet<>();
        found.forEach(candidate -> names.add(candidate.name()));
        String present = String.join(", ", names);
        names.addAll(kind.artifacts().keySet());
        String near = NearMatch.of(name, names);
        String where = "the class path" + (directories ? " and in plugin directories" : "");
        return "No %s is named '%s'.%s %s."
                .formatted(
                        kind.noun(),
                        name,
                        near == null ? "" : " Did you mean '" + near + "'?",
                        present.isEmpty()
                                ? "There is none on " + where
                                : "On " + where + ": " + present);
    }

    private String conflict(List<Found> same) {
        boolean shortNamesDiffer =
                same.stream().map(Found::shown).distinct().count() == same.size();
        List<String> shown =
                same.stream()
                        .map(one -> shortNamesDiffer ? one.shown() : one.shown(one.origin()))
                        .toList();
        int last = shown.size() - 1;
        return "%s %ss are named '%s': %s and %s. Remove %s%s."
                .formatted(
                        same.size() == 2 ? "Two" : Integer.toString(same.size()),
                        kind.noun(),
                        same.get(0).name(),
                        String.join(", ", shown.subList(0, last)),
                        shown.get(last),
                        same.size() == 2 ? "one" : "all but one",
                        kind.instance() == null
                                ? ""
                                : ", or pass an instance to " + kind.instance());
    }
}
