#include "analyse/align/category_words.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/countof.h"
#include "base/mem.h"
#include "base/str.h"

enum { WORDS_LONGEST = 4 };

/* A name as it occurs in captions, its words joined by blanks. */
struct entry {
    char *text;
    size_t category;
};

struct category_words {
    struct entry *entries; /* sorted by text */
    size_t count, cap;
};

/* Words that people use in captions for COCO's categories. Words that as often mean something else
 * ("bat", "glove") are omitted; "orange", though also a colour, is a category's own name. */
static const struct {
    const char *category, *synonyms; /* separated by commas, singular */
} synonyms[] = {
    {"person",
     "man,woman,boy,girl,child,kid,lady,guy,gentleman,baby,toddler,player,skier,"
     "snowboarder,surfer,skateboarder,rider,cyclist,bicyclist,batter,pitcher,catcher,umpire,"
     "pedestrian,adult,teenager,male,female,baseball player,tennis player,soccer player,"
     "police officer,policeman,soldier,chef,worker,passenger,spectator"},
    {"bicycle", "bike,cycle"},
    {"car", "automobile,taxi,cab,suv,sedan"},
    {"motorcycle", "motorbike,scooter,moped"},
    {"airplane", "plane,aeroplane,jet,aircraft,airliner,seaplane,biplane,jetliner"},
    {"bus", "double decker bus,school bus"},
    {"train", "locomotive"},
    {"truck", "pickup truck,fire truck,lorry"},
    {"boat", "ship,sailboat,canoe,kayak,yacht,ferry"},
    {"traffic light", "stoplight,stop light,traffic signal"},
    {"fire hydrant", "hydrant"},
    {"bird", "seagull,pigeon,duck,goose,parrot,owl,swan"},
    {"cat", "kitten,kitty"},
    {"dog", "puppy,pup"},
    {"horse", "pony"},
    {"sheep", "lamb"},
    {"cow", "bull,calf,cattle"},
    {"backpack", "back pack,knapsack"},
    {"umbrella", "parasol"},
    {"handbag", "purse"},
    {"tie", "necktie,bow tie"},
    {"suitcase", "luggage"},
    {"frisbee", "disc"},
    {"skis", "ski"},
    {"sports ball", "ball,baseball,tennis ball,soccer ball,basketball"},
    {"surfboard", "surf board"},
    {"skateboard", "skate board"},
    {"snowboard", "snow board"},
    {"tennis racket", "racket,racquet,tennis racquet"},
    {"wine glass", "wineglass"},
    {"cup", "mug"},
    {"donut", "doughnut"},
    {"couch", "sofa,loveseat"},
    {"potted plant", "house plant,houseplant"},
    {"dining table", "table"},
    {"tv", "television,television set,tv set,monitor"},
    {"laptop", "laptop computer,notebook computer"},
    {"mouse", "computer mouse"},
    {"remote", "remote control,controller,wiimote"},
    {"cell phone", "cellphone,phone,smartphone,mobile phone"},
    {"refrigerator", "fridge"},
    {"teddy bear", "teddy,stuffed bear"},
    {"hair drier", "hair dryer,hairdryer,blow dryer"},
    {"bear", "polar bear,brown bear,grizzly bear"},
};

static const char *const irregular[][2] = {
    {"person", "people"},       {"man", "men"},
    {"woman", "women"},         {"child", "children"},
    {"policeman", "policemen"}, {"gentleman", "gentlemen"},
    {"mouse", "mice"},          {"goose", "geese"},
    {"knife", "knives"},        {"calf", "calves"},
    {"sheep", "sheep"},         {"cattle", "cattle"},
    {"luggage", "luggage"},     {"scissors", "scissors"},
    {"skis", "skis"},           {"aircraft", "aircraft"},
    {"broccoli", "broccoli"},   {"bus", "buses"},
};

char *category_words_plural(const char *noun)
{
    static const char *const hissing[] = {"s", "x", "z", "ch", "sh"};
    size_t n = strlen(noun);
    for (size_t i = 0; i < COUNTOF(irregular); i++)
        if (strcmp(noun, irregular[i][0]) == 0)
            return mem_strdup(irregular[i][1]);
    for (size_t i = 0; i < COUNTOF(hissing); i++)
        if (str_ends_with(noun, hissing[i]))
            return mem_printf("%ses", noun);
    if (n > 1 && noun[n - 1] == 'y' && !strchr("aeiou", noun[n - 2]))
        return mem_printf("%.*sies", (int)(n - 1), noun);
    return mem_printf("%ss", noun);
}

/* ---- the table ---- */

static void add_text(struct category_words *t, char *text, size_t category)
{
    MEM_ROOM(t->entries, t->count, t->cap);
    t->entries[t->count++] = (struct entry){text, category};
}

/* Lower case, single blanks between words and none around them. */
static char *tidy_name(const char *name, size_t length)
{
    struct str text = {0};
    for (size_t i = 0; i < length; i++) {
        char c = (char)tolower((unsigned char)name[i]);
        bool blank = isspace((unsigned char)c) || c == '_';
        if (!blank)
            str_add_n(&text, &c, 1);
        else if (text.length > 0 && text.text[text.length - 1] != ' ')
            str_add(&text, " ");
    }
    if (text.length > 0 && text.text[text.length - 1] == ' ')
        text.text[--text.length] = '\0';
    return str_take(&text);
}

/* Adds the name and its plural. */
static void add_name(struct category_words *t, const char *name, size_t length, size_t category)
{
    char *text = tidy_name(name, length);
    if (!*text) {
        free(text);
        return;
    }
    const char *blank = strrchr(text, ' '), *last = blank ? blank + 1 : text;
    char *plural = category_words_plural(last);
    add_text(t, mem_printf("%.*s%s", (int)(last - text), text, plural), category);
    add_text(t, text, category);
    free(plural);
}

static void add_synonyms(struct category_words *t, const char *name, size_t category)
{
    for (size_t i = 0; i < COUNTOF(synonyms); i++) {
        if (strcmp(name, synonyms[i].category) != 0)
            continue;
        for (const char *s = synonyms[i].synonyms; *s;) {
            size_t n = strcspn(s, ",");
            add_name(t, s, n, category);
            s += n + (s[n] == ',');
        }
    }
}

/* Equal texts are sorted by category. */
static int compare_entries(const void *a, const void *b)
{
    const struct entry *x = a, *y = b;
    int order = strcmp(x->text, y->text);
    return order ? order : x->category < y->category ? -1 : x->category > y->category;
}

static int find_entry(const void *key, const void *entry)
{
    return strcmp(key, ((const struct entry *)entry)->text);
}

/* Whether `text` is the name of a category. */
static bool is_name(char *const *names, size_t count, const char *text)
{
    for (size_t c = 0; c < count; c++)
        if (strcmp(names[c], text) == 0)
            return true;
    return false;
}

/* Keeps one entry per text: that of the category with this name, if there is one, rather than a
 * synonym. */
static void drop_duplicates(struct category_words *t, char *const *names, size_t count)
{
    size_t kept = 0;
    for (size_t i = 0; i < t->count; i++) {
        struct entry *e = &t->entries[i];
        bool synonym = is_name(names, count, e->text) && strcmp(names[e->category], e->text) != 0;
        if (synonym || (kept > 0 && strcmp(t->entries[kept - 1].text, e->text) == 0))
            free(e->text);
        else
            t->entries[kept++] = *e;
    }
    t->count = kept;
}

struct category_words *category_words_new(char *const *names, size_t count)
{
    struct category_words *t = mem_new(1, sizeof *t);
    for (size_t c = 0; c < count; c++) {
        add_name(t, names[c], strlen(names[c]), c);
        add_synonyms(t, names[c], c);
    }
    if (t->count > 0)
        qsort(t->entries, t->count, sizeof *t->entries, compare_entries);
    drop_duplicates(t, names, count);
    return t;
}

void category_words_free(struct category_words *table)
{
    if (!table)
        return;
    for (size_t i = 0; i < table->count; i++)
        free(table->entries[i].text);
    free(table->entries);
    free(table);
}

size_t category_words_match(const struct category_words *table, const struct str_list *words,
                            size_t at, size_t *category_out)
{
    struct str text = {0};
    size_t found = 0;
    for (size_t n = 1; table->count > 0 && n <= WORDS_LONGEST && at + n <= words->count; n++) {
        str_add(&text, n > 1 ? " " : "");
        str_add(&text, words->items[at + n - 1]);
        const struct entry *e =
            bsearch(text.text, table->entries, table->count, sizeof *table->entries, find_entry);
        if (!e)
            continue;
        found = n;
        *category_out = e->category;
    }
    str_done(&text);
    return found;
}
