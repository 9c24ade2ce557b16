# Reads the trx files of all test projects: prints each failure, the skips grouped by reason, and leaves the sums in COUNTS.
#   awk -v counts=FILE -f scripts/results.awk *.trx

function plain(text) {
  gsub(/&lt;/, "<", text)
  gsub(/&gt;/, ">", text)
  gsub(/&quot;/, "\"", text)
  gsub(/&apos;/, "'", text)
  gsub(/&#xD;/, "", text)
  gsub(/&#xA;/, "\n", text)
  gsub(/&amp;/, "\\&", text)
  return text
}

function attribute(text, name,   from, rest) {
  from = index(text, " " name "=\"")
  if (!from) return ""
  rest = substr(text, from + length(name) + 3)
  return plain(substr(rest, 1, index(rest, "\"") - 1))
}

function element(text, name,   from, to) {
  from = index(text, "<" name ">")
  to = index(text, "</" name ">")
  if (!from || !to) return ""
  return plain(substr(text, from + length(name) + 2, to - from - length(name) - 2))
}

function indented(text) {
  gsub(/\n/, "\n    ", text)
  return "    " text
}

function finish(   outcome, test, reason) {
  outcome = attribute(result, "outcome")
  test = attribute(result, "testName")
  if (outcome == "Passed") {
    passed++
  } else if (outcome == "NotExecuted") {
    skipped++
    reason = element(result, "Message")
    if (!(reason in skips)) reasons[++kinds] = reason
    skips[reason]++
    skippedTests[reason] = skippedTests[reason] "\n      " test
  } else {
    failed++
    print "FAILED " test
    print indented(element(result, "Message"))
    print indented(element(result, "StackTrace"))
  }
  inside = 0
}

/<UnitTestResult / { inside = 1; result = "" }
inside {
  result = result (result == "" ? "" : "\n") $0
  # A result without details is one closed tag.
  if ($0 ~ /<\/UnitTestResult>/ || ($0 ~ /<UnitTestResult / && $0 ~ /\/>[ \r]*$/)) finish()
}

END {
  for (i = 1; i <= kinds; i++) {
    print "SKIPPED " skips[reasons[i]] ": " reasons[i]
    print "      " substr(skippedTests[reasons[i]], 8)
  }
  print passed + 0, failed + 0, skipped + 0 > counts
}
