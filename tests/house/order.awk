# order.awk: reads the declared order (first file: tests/house/order), then lines of two kinds:
#   FILE: [ADDRESS] TYPE SYMBOL   a symbol that object FILE defines, or uses where TYPE is U (nm -A -g)
#   include FILE OTHER            FILE includes OTHER
# and prints a line for each call or include that goes up or sideways, for each folder that is not declared,
# and for each circle of files. "circle: A B" lines of the order name the circles that are accepted.
# One more circle of two files is accepted in ui/.

function folder(file) {
    sub(/\/[^\/]*$/, "", file)
    return file
}

function complain(text) {
    print text
    bad = 1
}

# Whether a file may use another; complains where not.
function check(file, other, how,    a, b) {
    a = folder(file)
    b = folder(other)
    if (a == b)
        return
    if (!(a in level) || !(b in level)) {
        undeclared[(a in level) ? b : a] = 1
        return
    }
    if (level[b] >= level[a])
        complain(file " " how " of " other ": " a " stands below " b)
}

function reach(from, file,    i, n, next_files) {
    n = split(uses[file], next_files, " ")
    for (i = 1; i <= n; i++)
        if (!((from, next_files[i]) in reached)) {
            reached[from, next_files[i]] = 1
            reach(from, next_files[i])
        }
}

FNR == NR {
    if ($1 == "circle:") {
        name = ""
        for (i = 2; i <= NF && $i != "#"; i++)
            name = name " " $i
        accepted[name] = 1
    } else if ($1 !~ /^#/)
        for (i = 1; i <= NF; i++)
            level[$i] = FNR
    next
}

$1 == "include" {
    check($2, $3, "includes " $3)
    next
}

{
    file = $1
    sub(/:.*$/, "", file)
    sub(/\.o$/, "", file)
    type = $(NF - 1)
    files[file] = 1
    if (type == "U")
        used[file, $NF] = 1
    else if (type !~ /^[wv]$/)
        owner[$NF] = file
}

END {
    for (pair in used) {
        split(pair, part, SUBSEP)
        file = part[1]
        other = owner[part[2]]
        if (other == "" || other == file)
            continue
        check(file, other, "calls " part[2])
        if (!((file, other) in edge)) {
            edge[file, other] = 1
            uses[file] = uses[file] " " other
        }
    }
    for (name in undeclared)
        complain(name " is not declared in tests/house/order")
    for (file in files)
        reach(file, file)
    for (file in files) {
        if (!((file, file) in reached) || file in placed)
            continue
        size = 0
        for (other in files)
            if ((file, other) in reached && (other, file) in reached) {
                placed[other] = 1
                member[++size] = other
            }
        for (i = 2; i <= size; i++)
            for (j = i; j > 1 && member[j] < member[j - 1]; j--) {
                name = member[j]
                member[j] = member[j - 1]
                member[j - 1] = name
            }
        name = ""
        for (i = 1; i <= size; i++)
            name = name " " member[i]
        if (name in accepted) {
            found[name] = 1
            continue
        }
        if (size == 2 && member[1] ~ /^ui\// && !ui_pair) {
            ui_pair = 1
            continue
        }
        complain("a circle of files:" name)
    }
    for (name in accepted)
        if (!(name in found))
            complain("the order accepts a circle that is gone:" name)
    exit bad
}
