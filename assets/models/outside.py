"""Questions outside every subject, and made-up names inside known frames. Every member answers them: "I do not know that."

A model that has seen only questions it can answer will answer anything. So it is shown many different things that it
cannot: other topics, topics that share words with the subjects ("the population of Japan"), and words nobody knows.
"""
import tables
from kinds import FACTS, SUMS

UNKNOWN = "I do not know that."

PERSON = """Shakespeare|Napoleon|Einstein|Mozart|Cleopatra|Julius Caesar|Marie Curie|the president|the king|the queen|my uncle|your boss|Anna|Peter|
Maria|Tom|Beethoven|Picasso|Gandhi|Columbus|the mayor|your mother|my teacher|Newton|Darwin|Plato|Homer|Elvis|the pope|Alice|Bob|
Tom and Jerry|Adam and Eve|Anna and Peter|my friend and I""".replace("\n", "").split("|")
WORK = """Hamlet|Don Quixote|War and Peace|the Mona Lisa|the Odyssey|Faust|Moby Dick|Emma|Dracula|the Ninth Symphony|Guernica|Yesterday|the Bible|
Star Wars|Titanic|Robinson Crusoe|The Starry Night|Frankenstein|Macbeth|the Iliad|this book|that song|Pinocchio|Ulysses|Pride and Prejudice|Crime and Punishment|
Sense and Sensibility|Beauty and the Beast|The Old Man and the Sea|Sons and Lovers""".replace("\n", "").split("|")
THING = """a bicycle|the moon|a computer|a car|the Eiffel Tower|a guitar|a piano|a house|bread|a cake|soup|coffee|tea|a rainbow|a mirror|a phone|the sea|
an engine|a ship|a battery|money|music|football|chess|a bridge|the internet|a camera|time|a volcano|an earthquake|the sky|snow|a cloud|paper|glass|a clock|
the Amazon|Mount Everest|the Nile|a rocket|a robot|democracy|love|happiness|a vaccine|gravity|electricity|a black hole|a poem|a novel|cheese|chocolate|
a pizza|the heart|the brain|blood|a bone|sleep|a dream|a garden|a train|an aeroplane|the wheel|the Great Wall|a lawyer|a doctor|inflation|salt and pepper|bread and butter|
trial and error|black and white""".replace("\n", "").split("|")
PLACE = """the office|London Bridge|the park|my house|the north pole|Hollywood|the town hall|the station|the beach|Texas|California|Bavaria|Scotland|Siberia|
Sydney|New York|Barcelona|Milan|Munich|Shanghai|Mumbai|the school|the library|the museum|Venice|Chicago|Naples|Hamburg""".replace("\n", "").split("|")
STEMS = """Who wrote {work}?|Who painted {work}?|Who composed {work}?|When was {work} written?|Who is {person}?|Where was {person} born?|How old is {person}?|
When did {person} die?|What did {person} say?|Who invented {thing}?|How does {thing} work?|How do I make {thing}?|How much does {thing} cost?|How big is {thing}?|
How heavy is {thing}?|How tall is {thing}?|How old is {thing}?|Why is {thing} important?|What is {thing} made of?|Where can I buy {thing}?|What colour is {thing}?|
What is {thing}?|Explain {thing}.|Describe {thing}.|Write a poem about {thing}.|Write a story about {person}.|Tell me a joke about {thing}.|Do you like {thing}?|
What do you think about {thing}?|Is {thing} good for me?|Should I buy {thing}?|Can you draw {thing}?|What is the weather in {place}?|How far is it to {place}?|
How do I get to {place}?|What time is it in {place}?|Who lives in {place}?|When does {place} open?|Is it raining in {place}?|Give me a recipe for {thing}.|
Which is better, {thing} or {thing2}?|What is the difference between {thing} and {thing2}?|Why do people like {thing}?|What is the history of {thing}?|
What is the best {noun}?|Who won the {noun} cup?|How do you spell {word}?|What does {word} mean?|What rhymes with {word}?|Use {word} in a sentence.|
What is a synonym of {word}?|How many letters are in {word}?|Translate {word} into {language}.|How do you say {word} in {language}?|Where does the word {word} come from?|
What is the population of {country}?|Who is the president of {country}?|How big is {country}?|What is the largest city of {country}?|What is the flag of {country}?|
When did {country} become independent?|What is the longest river of {country}?|Which countries border {country}?|What do people eat in {country}?|How far is {country}?|
Who is the king of {country}?|What is the population of {capital}?|How old is {capital}?|Who is the mayor of {capital}?|Is {country} a rich country?|
What is the highest mountain in {country}?|What is the national anthem of {country}?|Is {capital} beautiful?|How many people live in {capital}?|
What is the atomic number of {element}?|What is the melting point of {element}?|What is {element} used for?|Who discovered {element}?|Is {element} a metal?|
How long does {animal} live?|What does {animal} eat?|How fast is {animal}?|How many legs does {animal} have?|What colour is {animal}?|Is {animal} dangerous?|
How many days does {month} have?|Which holidays are in {month}?|What is the weather in {month}?|What did I do on {day}?|Is the shop open on {day}?|
How far away is {planet}?|How many moons does {planet} have?|Is there life on {planet}?|What is the square root of {n}?|What is the cube of {n}?|Is {n} a prime number?|
What is {n} percent of {n2}?|What is {n} to the power of {n2}?|What are the factors of {n}?|Is {n} even?|What is the Roman numeral for {n}?|What is {n} in binary?|
What happened in {year}?|Who was born in {year}?|Who won the election in {year}?|Write a program that prints {n}.|Write a function in Python.|How do I sort a list?|
Fix this code.|What is your favourite {noun}?|Are you a person?|Do you dream?|What should I do today?|Will it rain tomorrow?|Why is the sky blue?|
What is the meaning of life?|Is there a god?|Who will win?|Sing a song.|Play some music.|Book a table for {n}.|Send a message to {person}.|Call {person}.|
Set an alarm for {n}.|What is the news today?|What is the time?|What day is it today?|Where are my keys?|Can you help me with my homework?|I feel sad.|I am hungry.|
My name is {person}.|Remember that I like {thing}.|Summarise this text.|Correct this sentence.|Make a list of {noun}s.|Tell me a story.|Tell me about {thing}.|
Tell me about {person}.|Tell me something.|Say something nice.|Count to {n}.|Which {noun} is the biggest?|Which {noun} is the fastest?|How many {noun}s are there?|
Who is the best {noun}?|Where do {noun}s come from?|Why do {noun}s exist?|What is the speed of light?|How deep is the ocean?|What is the largest {noun} in the world?|
Name a famous {noun}.|Name three {noun}s.|What is the name of the {noun}?|Which team does {person} play for?|What is the price of {thing}?|
Who is the author of {work}?|What is the plot of {work}?|Is {work} a good film?|What is the formula of {thing}?|How many calories are in {thing}?|
When does the train to {place} leave?|What is the phone number of {person}?|What is the address of {place}?""".replace("\n", "").split("|")
NOUN = """film|book|song|game|car|player|city|mountain|river|lake|tree|flower|animal|computer|phone|school|team|singer|actor|poet|painter|king|battle|war|
language|food|drink|fruit|vegetable|colour|number|shoe|hat|hotel|restaurant|museum|company|bank|doctor|horse|island|desert|bird|insect|star""".replace("\n", "").split("|")
STRANGE_COUNTRIES = """Narnia|Gondor|Mordor|Westeros|Oz|Utopia|El Dorado|Lilliput|Ruritania|Bolivia|Israel|Taiwan|Chad|Tonga|Luxembourg|Monaco|Andorra|
Djibouti|Sri Lanka|Singapore|Benin|Burundi|Comoros|Palau|Nauru|Barbados|Grenada|Tuvalu|Kosovo|Greenland|Texas|Bavaria|Scotland|Sicily|Asgard""".replace("\n", "").split("|")
STRANGE_WORDS = """banana|table|seven|bicycle|computer|music|purple|elephant|carpet|window|guitar|bottle|planet|sugar|orange|candle|garden|pencil|blanket|
doctor|mirror|spoon|button|forest|castle|engine|island|village|market|jacket|pocket|ticket|butter|coffee|yellow|violin|hammer|ladder|basket|pepper""".replace("\n", "").split("|")
STRANGE_MATTER = "unobtainium water steel bronze wood plastic kryptonite vibranium brass salt glass air sugar adamantium paper concrete rust".split()
STRANGE_BEASTS = "unicorn dragon table griffin robot yeti phoenix chair mermaid troll lamp dinosaur goblin teapot wizard".split()

ONSETS = "b br c ch cl d dr f fl g gl gr h j k kl kr l m n p pl pr qu r s sh sk sl sn st str t th tr v w x y z zh".split()
VOWELS = "a e i o u a e i o ai ea ee oa oo ou ia".split()
CODAS = ["", "", "", "n", "r", "l", "s", "m", "k", "t", "nd", "rk", "x", "ff", "th", "p", "b", "g"]

COLUMN = {"country": [r[0] for r in tables.rows("countries")], "capital": [r[1] for r in tables.rows("countries")],
          "element": [r[0] for r in tables.rows("elements")], "animal": ["a " + r[0] for r in tables.rows("young")],
          "language": sorted({r[4] for r in tables.rows("countries")} - {"-"}),
          "word": [r[0] for name in ("opposites", "verbs", "plurals", "degrees") for r in tables.rows(name)]}
FILL = {"person": PERSON, "work": WORK, "thing": THING, "thing2": THING, "place": PLACE, "noun": NOUN, **COLUMN,
        "month": ["May", "June", "July", "April", "December", "January"], "day": ["Monday", "Friday", "Sunday"],
        "planet": ["Mars", "Venus", "Jupiter", "Saturn", "Neptune"]}
EVERY_NAME = sorted({x for kind in FACTS for x, _ in kind.items})


def invented(rng):
    """A word that does not exist, of two to four syllables."""
    return "".join(rng.choice(ONSETS) + rng.choice(VOWELS) + rng.choice(CODAS) for _ in range(rng.choice([1, 2, 2, 3])))


def topic(rng):
    """A whole question about something outside every subject."""
    slots = {name: rng.choice(words) for name, words in FILL.items()}
    slots.update(n=rng.randrange(100), n2=rng.randrange(100), year=rng.randrange(1000, 2030))
    if rng.random() < 0.15:
        slots[rng.choice(list(FILL))] = invented(rng)
    return rng.choice(STEMS).format(**slots)


def gibberish(rng):
    """A few invented or unrelated words."""
    words = [rng.choice([invented(rng), rng.choice(NOUN), rng.choice(STRANGE_WORDS)]) for _ in range(rng.choice([1, 2, 3, 4]))]
    return " ".join(words) + rng.choice(["?", "", "."])


def strange_name(kind, rng):
    """Something that stands where a known name of this kind belongs, but is not one."""
    known = {x for x, _ in kind.items}
    roll = rng.random()
    if roll < 0.55:
        word = invented(rng)
        return word.capitalize() if kind.subject == "atlas" or kind.name == "element" else word
    if roll < 0.75:
        word = rng.choice(EVERY_NAME)
        return invented(rng) if word in known else word
    lists = {"atlas": STRANGE_COUNTRIES, "lexicon": STRANGE_WORDS}
    beasts = kind.name in ("young", "home", "group")
    word = rng.choice(lists.get(kind.subject) or (STRANGE_BEASTS if beasts else STRANGE_MATTER))
    return invented(rng) if word in known else word


NAMED_KINDS = [k for k in FACTS if len(k.items) >= 20]  # ordinals, months, days and planets are closed lists


def strange_fact(rng):
    """(subject, question): a known kind of question about an unknown name."""
    kind = rng.choices(NAMED_KINDS, [k.weight for k in NAMED_KINDS])[0]
    return kind.subject, rng.choice(kind.fill(strange_name(kind, rng), "unknown", rng).questions)


def strange_sum(rng):
    """A sum with more digits, more numbers or larger factors than the abacus has learnt, or half of an odd number."""
    roll = rng.random()
    if roll < 0.15:
        return f"What is half of {rng.randrange(1, 100, 2)}?"
    if roll < 0.3:
        return "What is " + rng.choice([" plus ", " + ", " minus ", " times "]).join(str(rng.randrange(100)) for _ in range(3)) + "?"
    if roll < 0.5:
        factors = [rng.randrange(100), rng.randrange(13, 100)]
        rng.shuffle(factors)
        return "What is " + rng.choice([" times ", " * ", " x "]).join(map(str, factors)) + "?"
    kind = rng.choice(SUMS[:4])
    big = rng.choice([rng.randrange(200, 1000), rng.randrange(1000, 10000), f"{rng.randrange(100)}.{rng.randrange(10)}"])
    operands = [big, rng.choice([rng.randrange(100), rng.randrange(100, 1000)])]
    rng.shuffle(operands)
    phrase = rng.choice(kind.phrases).format(a=operands[0], b=operands[1])
    return rng.choice(["What is {np}?", "How much is {np}?", "{np}?"]).format(np=phrase)


def question(member, foreign, rng):
    """Any question that deserves "I do not know that.".

    `foreign` is the share of strange names in *other* subjects that `member` gets to see. It must be small in the end: only
    the owner of a subject can tell a strange name from a known one for sure, and when the others suspect every name a
    little, together they outvote the owner's right answer.
    """
    roll = rng.random()
    if roll < 0.46:
        return topic(rng)
    if roll < 0.84:
        subject, text = strange_fact(rng)
    elif roll < 0.94:
        subject, text = "abacus", strange_sum(rng)
    else:
        return gibberish(rng)
    shown = foreign == 1.0 or subject == member or rng.random() < foreign
    return text if shown else topic(rng)
