"""What a page strikes, hides, folds away or frames is read as its reader sees it, and what is left out is named."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sinkqa.ingest.errors import EmptyDocument
from sinkqa.ingest.readers.html.reader import read_html
from tests.ingest.pages import PROSE, lines, page
from tests.ingest.shape import grid, tables


def test_struck_words_of_every_form_are_left_out_and_do_not_join_what_is_round_them():
    document = page(
        "<p>The quota is<del> 700</del>900 t. Fee 15<s>25</s>35. Har<strike>u</strike>bour.</p><p><del>Lost.</del></p>"
        "<ul><li><s>Lost item</s><li>Kept item</ul><p class=off>Lost by class.</p><p>Now <ins>in</ins> "
        "<u>force</u>.</p>"
        "<table><tr><th>Gas<th>Quota<tr><td>SF6<td><s>4</s> 6<tr style='text-decoration:line-through'><td>NF3<td>9"
        "<tr class=off><td>HFC<td>2</table>",
        "<style>.off { color: gray; text-decoration: line-through }</style>",
    )
    assert lines(document)[:3] == ["The quota is 900 t. Fee 15 35. Harbour.", "Kept item", "Now in force."]
    assert grid(document, tables(document)[0]) == {(0, 0): "Gas", (0, 1): "Quota", (1, 0): "SF6", (1, 1): "6"}
    assert document.warnings == ("text that is struck out was left out: the page takes it back",)


def test_what_nobody_can_see_is_not_read_and_its_length_is_told():
    hidden = (
        "<p class=old>The former quota was 650 tonnes.</p><p id=far>Off the left edge.</p>"
        "<p style='visibility:hidden'>Not to be seen.</p><p style='color:#ffffff'>White on white.</p>"
        "<p style='font-size:0'>Without any size.</p><p style='opacity:0'>Fully clear text.</p>"
        "<p style='display:none'><a href=x>a link that nobody sees</a></p>"
    )
    document = page(
        f"<p>{PROSE}</p>{hidden}", "<style>p.old{display:none} #far{position:absolute;left:-9999px}</style>"
    )
    assert lines(document) == [PROSE]
    assert document.warnings == ("hidden text left out: 6 passages, about 114 characters",)


def test_rules_for_print_and_small_screens_hide_nothing_and_the_stronger_rule_wins():
    document = page(
        "<p class='a b'>Shown by the later class.</p><p class=phone>Shown on wide screens.</p><p class=paper>Shown on "
        "screens.</p><p class=a style='display:block'>Shown by its own style.</p>"
        "<p class='fade-in'>Shown by a script.</p>"
        "<p class=a>Not shown at all.</p>",
        "<style>.a{display:none}.a.b{display:block}@media (max-width:40em){.phone{display:none}}"
        "@media print{.paper{display:none}}.fade-in{opacity:0;transition:1s}p:hover{display:none}</style>"
        "<style media=print>p{display:none}</style>",
    )
    assert [line.split()[0] for line in lines(document)] == ["Shown"] * 5
    assert document.warnings == ("hidden text left out: 1 passage, about 17 characters",)


def test_words_for_screen_readers_skip_links_and_open_dialogues_are_no_content():
    document = page(
        "<a class='skip-link sr-only' href='#m'>Skip to the main part</a><h1>Rates</h1><p>It is 4"
        "<span class=visually-hidden> per hundred</span> %. <span aria-hidden=true>▼</span></p>"
        "<div class='modal fade'><h4>Log in</h4><p>Give your name and your password.</p></div>"
        "<div role=dialog><h4>Log in</h4><p>Give your name and your password here.</p></div>"
        f"<div id=cookie-banner><h2>Cookies</h2><p>We use cookies to count readers.</p></div><p>{PROSE}</p>"
    )
    assert lines(document) == ["# Rates", "It is 4 %.", PROSE]


def test_a_page_saved_behind_a_dialogue_is_read():
    document = page(
        f"<main aria-hidden=true><h1>Fen</h1><p>{PROSE}</p><p>{PROSE}</p></main><div role=dialog>Hello</div>"
    )
    assert lines(document) == ["# Fen", PROSE, PROSE]


def test_closed_panels_stand_under_the_words_of_their_controls():
    document = page(
        "<h1>Questions</h1><h3><button aria-expanded=false aria-controls=a1>Who sends reports?</button></h3>"
        f"<div id=a1 hidden><p>{PROSE}</p></div><button class=accordion>What does lateness cost?</button>"
        "<div class=fold><p>390 crowns a day.</p></div><details><summary>By which way?</summary>"
        "<p>By letter.</p></details>"
        "<div class='faq-question' onclick=\"toggle('a2')\">Where to?</div>"
        "<div id=a2 style='display:none'>To Bergen.</div>"
        "<input type=checkbox id=k><label for=k>Until when?</label><div class=fold>Until noon.</div>"
        "<h3>How long?</h3><div hidden=until-found><p>For nine years.</p></div>",
        "<style>.fold{display:none;padding:1em} input:checked ~ .fold{display:block}</style>",
    )
    assert [line.lstrip("# ") for line in lines(document)[1:]] == [
        "Who sends reports?", PROSE, "What does lateness cost?", "390 crowns a day.", "By which way?", "By letter.",
        "Where to?", "To Bergen.", "Until when?", "Until noon.", "How long?", "For nine years.",
    ]  # fmt: skip
    assert sum(line.startswith("#") for line in lines(document)) == 7
    assert not document.warnings


@pytest.mark.parametrize(
    "tabs",
    [
        "<div role=tablist><button role=tab id=t1 aria-controls=p1>Quotas</button>"
        "<button role=tab id=t2 aria-controls=p2>Fines</button><button role=tab id=t3 aria-controls=p3>Dates"
        "</button></div>",
        "<ul class=nav><li><a data-toggle=tab href='#p1'>Quotas</a><li><a data-toggle=tab href='#p2'>Fines</a>"
        "<li><a data-toggle=tab href='#p3'>Dates</a></ul>",
    ],
)
def test_each_tab_is_the_heading_of_its_panel(tabs):
    panels = (
        f"<div role=tabpanel id=p1><p>{PROSE}</p></div><div role=tabpanel id=p2 hidden><p>390 crowns.</p></div>"
        "<div role=tabpanel id=p3 style='display:none'><p>On 1 May.</p></div>"
    )
    assert lines(page(f"<h1>Rules</h1>{tabs}{panels}")) == [
        "# Rules", "## Quotas", PROSE, "## Fines", "390 crowns.", "## Dates", "On 1 May.",
    ]  # fmt: skip


def test_prose_under_a_heading_is_content_whatever_it_is_called():
    parts = {
        "id=social": ("Staff", "The injury rate fell to 0.31."),
        "class=shareholders": ("Owners", "The largest owner holds 11 %."),
        "id=free-prior-consent": ("Consent", "Villages must agree first."),
        "class=sidebar": ("Key figure", "Peat holds 28 % of the carbon."),
        "class=banner": ("First stage", "It opens in 2033."),
        "id=toc": ("Total organic carbon", "TOC is measured daily."),
        "class='share-capital'": ("Capital", "It has 7 million shares."),
    }
    body = "".join(f"<section {name}><h2>{head}</h2><p>{text}</p></section>" for name, (head, text) in parts.items())
    document = page(
        f"<h1>Report</h1>{body}<h2>Stock</h2><div class=shares><p>At most 40 % may be held by one owner.</p></div>"
    )
    assert lines(document)[1:-2] == [line for head, text in parts.values() for line in (f"## {head}", text)]
    assert lines(document)[-1] == "At most 40 % may be held by one owner."


def test_share_bars_sign_up_boxes_and_site_frames_stay_out():
    document = page(
        "<header><h2>Ministry of Air</h2><nav><a href=/>Home</a></nav></header>"
        "<div class=banner>An official website of "
        f"the county.</div><main><h1>Act</h1><p>{PROSE}</p></main><div id=share><h4>Share this page</h4>"
        f"<a href=f>F</a></div>"
        "<div class=newsletter><h3>News</h3><p>Subscribe to our newsletter today.</p></div>"
        "<div class=social-links><h3>Follow us</h3><a href=x>X</a></div>"
        "<footer><p>© 2033 Ministry of Air. All rights reserved.</p></footer>"
    )
    assert lines(document) == ["# Act", PROSE]
    assert not document.warnings


def test_headers_and_footers_of_sections_are_content_and_those_of_the_site_are_not():
    document = page(
        f"<header><h2>County of Fen</h2></header><h1>Act</h1><section><header><h2>Scope</h2></header><p>{PROSE}</p>"
        "<footer><p>Rate of 2030.</p></footer></section><aside><p>A tonne is 1,000 kg.</p></aside><article>"
        "<h2>Fines</h2>"
        "<p>390 crowns a day.</p><footer>Filed under <a href=n>News and views</a></footer></article>"
        "<header><h2>Part 2</h2></header><p>It ends here.</p><footer><p>Done at Fen on 4 May 2033.</p></footer>"
        "<footer><p>Imprint</p></footer>"
    )
    assert lines(document) == [
        "# Act", "## Scope", PROSE, "Rate of 2030.", "A tonne is 1,000 kg.", "## Fines", "390 crowns a day.",
        "## Part 2",
        "It ends here.", "Done at Fen on 4 May 2033.",
    ]  # fmt: skip


def test_prose_that_goes_with_a_menu_is_named():
    prose = "This menu leads to the parts of the act and to its two annexes on kilns."
    document = page(f"<nav id=guide><p>{prose}</p><a href=x>Annex</a></nav><h1>Act</h1>" + f"<p>{PROSE}</p>" * 6)
    assert prose not in document.text
    assert any("furniture of the page: <nav guide>" in warning for warning in document.warnings)


def test_filled_fields_are_read_and_empty_ones_are_not():
    document = page(
        "<h1>Return</h1><p><label for=e>Yearly emissions (t):</label> <input id=e value='14,600'></p>"
        "<p><label>Fuel <select><option>Coal<option selected>Peat</select></label></p><p><label for=v>Verified</label>"
        "<input type=checkbox id=v checked></p><p><label for=l>Late</label><input type=checkbox id=l></p>"
        "<p><label for=n>Name</label><input id=n></p><p>Remark <textarea>Meter was changed.</textarea></p>"
        "<div><input value='Search here'></div>"
        "<input type=submit value=Go>"
    )
    assert lines(document)[1:] == ["Yearly emissions (t): 14,600", "Fuel Peat", "Verified", "Remark Meter was changed."]


def test_formulas_in_pictures_are_read_by_their_text_and_counted_without_one():
    document = page(
        "<p>E = <img class=tex alt='m c^2' src=1.png>, <img alt='\\frac{3}{7}' src=2.gif> at <img alt='5 %' src=3>"
        "<img alt='A kiln by a lake' src=4.jpg><img src=math/eq1.png></p><iframe src=annex.html></iframe>"
        "<iframe src='https://www.googletagmanager.com/ns' width=0></iframe>"
    )
    assert lines(document) == ["E = m c^2, \\frac{3}{7} at 5 %"]
    assert document.warnings == (
        "frames hold other pages, which were not read: annex.html",
        "formulas that are pictures without a text were not read: 1",
    )


def test_a_hidden_formula_beside_its_picture_is_read_once():
    document = page(
        "<p>So <span><span style='display:none'><math><msup><mi>c</mi><mn>2</mn></msup></math></span>"
        "<img class=mwe-math-fallback-image-inline alt='{\\displaystyle c^{2}}'></span> holds.</p>"
    )
    assert (lines(document), document.warnings) == (["So c² holds."], ())


def test_a_set_of_frames_names_the_pages_it_shows():
    with pytest.raises(EmptyDocument, match=r"menu\.html, act\.html"):
        read_html(b"<html><frameset cols='9%,*'><frame src=menu.html><frame src=act.html></frameset></html>", "f.html")


def test_quotation_marks_and_damaged_characters_read_as_the_page_shows_them():
    document = page(
        "<p>She said <q>no <q>way</q></q> and “<q>ay"
        "</q>”. &copy 2033 R&ampD &#146;a&#148; it\u0092s \u0093so\u0094 20\u009630."
        " long<wbr>word soft&shy;hyphen</p>"
    )
    assert lines(document) == ["She said “no “way”” and “ay”. © 2033 R&D ’a” it’s “so” 20–30. longword softhyphen"]


def test_headings_by_role_by_class_and_in_spans_are_headings():
    document = page(
        "<h1>Fen Act</h1><div role=heading aria-level=2>Scope</div><p>It covers kilns.</p><p style='text-align:center'>"
        "<strong>第二章　罚则</strong></p><p><span class=num>第七条</span><span>逾期的，罚款三百九十元。</span></p>"
    )
    assert [line.lstrip("# ") for line in lines(document)[1:]] == [
        "Scope", "It covers kilns.", "第二章 罚则", "第七条", "逾期的，罚款三百九十元。",
    ]  # fmt: skip
    assert [line.startswith("#") for line in lines(document)] == [True, True, False, True, True, False]


@pytest.mark.parametrize(
    "body",
    [
        "<div><div role=tablist><span role=tab>Coal</span><span role=tab>Gas</span></div>"
        "<div role=tabpanel>26.7 GJ a tonne."
        "</div><div role=tabpanel hidden>389.3 GJ a unit.</div></div>",
        "<h3>Coal</h3><div hidden>26.7 GJ a tonne.</div><h3>Gas</h3><div hidden>389.3 GJ a unit.</div>",
        "<div><div class=card-header><a class=btn data-toggle=collapse href='#c'>Coal</a></div>"
        "<div id=c class=collapse>26.7 GJ "
        "a tonne.</div></div><div><div class=card-header><a class=btn data-toggle=collapse href='#g'>Gas</a></div>"
        "<div id=g class=collapse>389.3 GJ a unit.</div></div>",
    ],
)  # fmt: skip
def test_parts_that_only_their_place_ties_to_a_control_are_read_under_it(body):
    document = page(f"<h1>Fuels</h1>{body}", "<style>.collapse{display:none}.collapse.show{display:block}</style>")
    assert lines(document) == ["# Fuels", "## Coal", "26.7 GJ a tonne.", "## Gas", "389.3 GJ a unit."]


def test_the_rest_of_a_text_behind_read_more_is_read_and_an_old_version_without_control_is_not():
    document = page(
        "<p>Kilns pay.<span id=rest> So do ovens.</span></p><button onclick='f()'>Read more</button>"
        "<div class=table-wrap><h2>Old version</h2><div style='display:none'>Kilns paid nothing.</div></div>",
        "<style>#rest{display:none}</style>",
    )
    assert lines(document) == ["Kilns pay. So do ovens.", "## Old version"]
    assert document.warnings == ("hidden text left out: 1 passage, about 19 characters",)


def test_numbers_that_layout_sets_apart_do_not_run_into_words_or_figures():
    document = page(
        "<h1>Act</h1><p><span class='LegDS LegP1No'>12</span><span>30 days are enough.</span></p>"
        "<p><span class=num>12</span>.5 t, "
        "<span class=number>7</span>%</p><p>Cap <span class=line-through>70</span>90 t.</p>"
        "<pre>first words\n\nsecond  words\n</pre>"
    )
    assert lines(document) == [
        "# Act",
        "12 30 days are enough.",
        "12.5 t, 7%",
        "Cap 90 t.",
        "first words",
        "second words",
    ]


_PARTS = st.sampled_from(
    [
        "<div hidden>", "<div class=a>", "<div role=tabpanel>", "<button aria-expanded=false>", "<h3>", ""
        "<del>", "</div>",
        "<label for=x>", "<input id=x value=7>", "<details><summary>", "<ol reversed>", "<li>", "<table><tr>"
        "<td>", "<th>",
        "<aside>", "<footer>", "<q>", "<tr class=b>", "</table>", "words ", "12", "<style>.a{display:none}</style>",
        "<style>.b,li::before{text-decoration:line-through;content:counters(c,'.')}</style>", "<a href='#x'>go</a>",
    ]
)  # fmt: skip


@settings(max_examples=80, deadline=None)
@given(st.lists(_PARTS, max_size=14))
def test_any_mix_of_folds_rules_and_names_gives_a_sound_document(parts):
    page("<p>seed</p>" + "".join(parts))
