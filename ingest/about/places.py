"""Countries and their parts by name, in Latin and Han script."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from urllib.parse import urlsplit

from sinkqa.ingest.text.patterns import late

# Jurisdiction → its names and adjectives in Latin script, in Han script (zh and ja). Names that are also first names,
# words or places elsewhere (Jordan, Turkey, Georgia, Chad) are left out: they would count where nobody meant them.
_NAMES: dict[str, tuple[str, str]] = {
    "CN": (r"(?:People['’]s Republic of )?China|Chinese|P\.?R\.?C\.?", "中华人民共和国|中国(?!地方|電力|山地)"),
    "US": (r"United States(?: of America)?|U\.S\.(?:A\.)?|USA?|(?<!Latin )(?<!North )(?<!South )(?<!Central )America"
           r"|(?<!Latin )(?<!North )(?<!South )(?<!Central )American", "美国|美國|米国|アメリカ合衆国"),
    "EU": ("European (?:Union|Commission|Parliament|Council|Green Deal|Climate Law)|EU", "欧盟|歐盟|欧州連合|欧洲联盟"),
    "JP": ("Japan|Japanese", "日本"),
    "NZ": ("(?:Aotearoa )?New Zealand|Aotearoa", "新西兰|ニュージーランド"),
    "GB": ("United Kingdom|UK|Great Britain|British(?! Columbia)|England|Scotland|Scottish|Wales|Northern Ireland",
           "英国|英國|イギリス"),
    "AU": ("(?:Commonwealth of )?Australian?", "澳大利亚|オーストラリア"),
    "CA": ("Canada|Canadian", "加拿大|カナダ"),
    "KR": ("Republic of Korea|South Korean?|Korean?(?! DPR)", "韩国|韓国|大韩民国|대한민국|한국"),
    "IN": ("(?:Republic of )?India|Indian(?! Ocean)", "印度(?!尼西亚|洋)|インド(?!ネシア)"),
    "ID": ("Indonesian?", "印度尼西亚|印尼|インドネシア"),
    "BR": ("(?:Federative Republic of )?Brazil|Brazilian|Brasil", "巴西|ブラジル"),
    "MX": ("(?<!New )Mexico|Mexican", "墨西哥|メキシコ"),
    "ZA": ("South African?", "南非|南アフリカ"),
    "DE": ("(?:Federal Republic of )?Germany|German|Deutschland", "德国|ドイツ"),
    "FR": ("France|French|République française", "法国|フランス"),
    "IT": ("Italy|Italian", "意大利|イタリア"),
    "ES": ("Spain|Spanish|España", "西班牙|スペイン"),
    "PT": ("Portugal|Portuguese", "葡萄牙|ポルトガル"),
    "NL": ("Netherlands|Dutch", "荷兰|オランダ"),
    "BE": ("Belgium|Belgian", "比利时|ベルギー"),
    "PL": ("Poland|Polish", "波兰|ポーランド"),
    "IE": ("(?<!Northern )Ireland|Irish", "爱尔兰|アイルランド"),
    "SE": ("Sweden|Swedish", "瑞典|スウェーデン"),
    "NO": ("Norway|Norwegian", "挪威|ノルウェー"),
    "FI": ("Finland|Finnish", "芬兰|フィンランド"),
    "DK": ("Denmark|Danish", "丹麦|デンマーク"),
    "CH": ("Switzerland|Swiss", "瑞士|スイス"),
    "AT": ("Austrian?", "奥地利|オーストリア"),
    "RU": ("Russian?(?: Federation)?", "俄罗斯|ロシア"),
    "SG": ("Singapore", "新加坡|シンガポール"),
    "MY": ("Malaysian?", "马来西亚|マレーシア"),
    "TH": ("Thailand|Thai", "泰国|タイ王国"),
    "VN": ("Viet ?[Nn]am(?:ese)?", "越南|ベトナム"),
    "PH": ("Philippines?|Filipino", "菲律宾|フィリピン"),
    "BD": ("Bangladesh", "孟加拉国|バングラデシュ"),
    "PK": ("Pakistani?", "巴基斯坦|パキスタン"),
    "LK": ("Sri Lankan?", "斯里兰卡|スリランカ"),
    "KE": ("Kenyan?", "肯尼亚|ケニア"),
    "GH": ("Ghana", "加纳|ガーナ"),
    "NG": ("Nigerian?", "尼日利亚|ナイジェリア"),
    "ET": ("Ethiopian?", "埃塞俄比亚|エチオピア"),
    "EG": ("Egypt|Egyptian", "埃及|エジプト"),
    "SA": ("Saudi Arabia", "沙特|サウジアラビア"),
    "CL": ("Chilean|Chile", "智利|チリ共和国"),
    "CO": ("Colombian?(?!,? Missouri)", "哥伦比亚|コロンビア"),
    "PE": ("Peruvian|Peru", "秘鲁|ペルー"),
    "AR": ("Argentin(?:a|e|ian)", "阿根廷|アルゼンチン"),
    "CR": ("Costa Rican?", "哥斯达黎加|コスタリカ"),
}  # fmt: skip
_NAMED = {code: late(rf"\b(?:{latin})\b|{han}") for code, (latin, han) in _NAMES.items()}
_ALONE = {code: late(rf"(?:the )?(?:{latin})|{han}", re.IGNORECASE) for code, (latin, han) in _NAMES.items()}

_PROVINCES = (
    "河北|山西|辽宁|吉林|黑龙江|江苏|浙江|安徽|福建|江西|山东|河南|湖北|湖南|广东|海南|四川|贵州|云南|陕西|甘肃|青海"
)
_AUTONOMOUS = {"内蒙古": "内蒙古自治区", "广西": "广西壮族自治区", "西藏": "西藏自治区", "宁夏": "宁夏回族自治区",
               "新疆": "新疆维吾尔自治区"}  # fmt: skip
_CITIES = "北京|天津|上海|重庆"
# A bare name counts only where a title or an issuer begins: 江西 also stands in 长江西岸.
_PROVINCE = late(rf"(?:{_PROVINCES})省|(?:^|中共)(?:{_PROVINCES})")
_REGION = late("|".join(f"{whole}|(?:^|中共){short}" for short, whole in _AUTONOMOUS.items()))
_CITY = late(rf"(?:{_CITIES})市|(?:^|中共)(?:{_CITIES})(?!大学)")
# 广州市 where a name begins; not 城市 or 本市, which are no names, nor the great cities of other countries.
_TOWN = late(
    r"(?:^|中共|省|自治区)(?!城|都市|[全本各我股超]市|纽约|伦敦|巴黎|东京|首尔|柏林)([\u4e00-\u9fff]{2,4}?市|[\u4e00-\u9fff]{2,8}?自治州)"
    r"(?!场|民|政|容|值)"
)
_PREFECTURE = late("北海道|東京都|大阪府|京都府|(?:^|(?<=[^\u4e00-\u9fff]))[\u4e00-\u9fff]{2,3}県")
_LATIN_PLACES = {
    "US": "Alaska|Arizona|Arkansas|California|Colorado|Connecticut|Delaware|Florida|Hawaii|Idaho|Illinois|Indiana|Iowa"
          "|Kansas|Kentucky|Louisiana|Maine|Maryland|Massachusetts|Michigan|Minnesota|Mississippi|Missouri|Montana"
          "|Nebraska|Nevada|New Hampshire|New Jersey|New Mexico|New York State|North Carolina|North Dakota|Ohio"
          "|Oklahoma|Oregon|Pennsylvania|Rhode Island|South Carolina|South Dakota|Tennessee|Texas|Utah|Vermont"
          "|Virginia|Washington State|West Virginia|Wisconsin|Wyoming",
    "CA": "British Columbia|Alberta|Saskatchewan|Manitoba|Ontario|Quebec|Québec|Nova Scotia|New Brunswick"
          "|Newfoundland and Labrador|Prince Edward Island|Yukon",
    "AU": "New South Wales|Queensland|Tasmania|South Australia|Western Australia",
    "GB": "Scotland|Wales|Northern Ireland",
}  # fmt: skip
_LATIN_PLACE = late(
    "|".join(rf"(?P<{code}>\b(?=[A-Z])(?:{names}|{names.upper()})\b)" for code, names in _LATIN_PLACES.items())
)

_LATIN_REGIONS = {
    "Beijing": "北京市", "Tianjin": "天津市", "Shanghai": "上海市", "Chongqing": "重庆市", "Hebei": "河北省",
    "Shanxi": "山西省", "Liaoning": "辽宁省", "Jilin": "吉林省", "Heilongjiang": "黑龙江省", "Jiangsu": "江苏省",
    "Zhejiang": "浙江省", "Anhui": "安徽省", "Fujian": "福建省", "Jiangxi": "江西省", "Shandong": "山东省",
    "Henan": "河南省", "Hubei": "湖北省", "Hunan": "湖南省", "Guangdong": "广东省", "Hainan": "海南省",
    "Sichuan": "四川省", "Guizhou": "贵州省", "Yunnan": "云南省", "Shaanxi": "陕西省", "Gansu": "甘肃省",
    "Qinghai": "青海省", "Inner Mongolia": "内蒙古自治区", "Guangxi": "广西壮族自治区", "Tibet": "西藏自治区",
    "Xizang": "西藏自治区", "Ningxia": "宁夏回族自治区", "Xinjiang": "新疆维吾尔自治区", "Shenzhen": "深圳市",
    "Guangzhou": "广州市", "Hangzhou": "杭州市", "Nanjing": "南京市", "Wuhan": "武汉市", "Chengdu": "成都市",
    "Xiamen": "厦门市", "Hong Kong": "香港", "Macao": "澳门", "Taiwan": "台湾",
}  # fmt: skip
_TOWNS = (
    "深圳|广州|杭州|南京|武汉|成都|厦门|苏州|宁波|青岛|大连|西安|长沙|郑州|昆明|合肥|福州|三明|丽水|湖州|香港|澳门|台湾"
)
# As people write in a question: names by themselves, anywhere, with or without 省 or 市.
_PART = late(
    rf"(?P<province>{_PROVINCES})省?|(?P<city>{_CITIES}|{_TOWNS})市?|(?P<region>{'|'.join(_AUTONOMOUS)})"
    r"(?:壮族|回族|维吾尔)?(?:自治区)?|(?P<town>(?<![\u4e00-\u9fff])(?!城市|本市|全市)[\u4e00-\u9fff]{2,3}市)(?!场|民|政|值|容)"
    rf"|(?<![A-Za-z])(?=[A-Z])(?P<latin>{'|'.join(_LATIN_REGIONS)})(?![a-z])"
)
# In a question a name stands beside Chinese characters too, where there is no edge of a word.
_LATIN_ANY = late(
    rf"(?<![A-Za-z])(?=[A-Z])(?:{'|'.join(rf'(?P<{code}>{latin})' for code, (latin, _) in _NAMES.items())})(?![A-Za-z])"
)
_HAN_FIRST = "".join(
    {name[0] for _, han in _NAMES.values() for name in han.split("|")}
)  # passes most text over quickly
_HAN_ANY = late(f"(?=[{_HAN_FIRST}])(?:{'|'.join(f'(?P<{code}>{han})' for code, (_, han) in _NAMES.items())})")

# Host suffix → jurisdiction; the longest matching suffix wins.
_HOSTS = {
    "cn": "CN", "gov.cn": "CN", "org.cn": "CN", "cnemission.com": "CN",
    "europa.eu": "EU", "eu": "EU",
    "gov": "US", "mil": "US", "archives.gov": "US", "govinfo.gov": "US", "federalregister.gov": "US",
    "jp": "JP", "nz": "NZ", "legislation.gov.uk": "GB", "gc.ca": "CA", "canada.ca": "CA", "admin.ch": "CH",
    "unfccc.int": "UN", "un.org": "UN", "ipcc.ch": "UN", "unep.org": "UN", "undp.org": "UN", "fao.org": "UN",
}  # fmt: skip
_GOVERNMENT_HOST = late(r"\.(?:gov|govt|go|gob|gouv|gub)\.([a-z]{2})$")


def jurisdiction_of_host(url: str | None) -> str | None:
    """Returns the jurisdiction of a host.

    For the United Nations it is "UN", although they publish papers of every country.
    """
    try:
        host = (urlsplit(url or "").hostname or "").lower()
    except ValueError:
        return None
    labels = host.split(".")
    suffixes = (".".join(labels[start:]) for start in range(len(labels)))
    if known := next((_HOSTS[suffix] for suffix in suffixes if suffix in _HOSTS), None):
        return known
    of_state = _GOVERNMENT_HOST.search(host)
    return {"UK": "GB"}.get(code := of_state[1].upper(), code) if of_state else None


def mentions(text: str) -> Counter[str]:
    """Counts how often each country is named."""
    counts = Counter({code: len(pattern.findall(text)) for code, pattern in _NAMED.items()})
    return +counts


def countries_in(text: str) -> Iterator[tuple[int, int, str]]:
    """Yields the positions of country names in the text, with country codes."""
    for pattern in (_LATIN_ANY, *([] if text.isascii() else [_HAN_ANY])):
        for found in pattern.finditer(text):
            yield found.start(), found.end(), str(found.lastgroup)


def parts_in(text: str) -> Iterator[tuple[int, int, str, str]]:
    """Yields the positions of parts of countries in a text, with full name and country: ``广东省``, ``CN``."""
    for found in _PART.finditer(text):
        name = found[str(found.lastgroup)]
        full = {
            "province": f"{name}省",
            "city": name if name in ("香港", "澳门", "台湾") else f"{name}市",
            "region": _AUTONOMOUS.get(name, name),
            "town": name,
            "latin": _LATIN_REGIONS.get(name, name),
        }[str(found.lastgroup)]
        yield found.start(), found.end(), full, "CN"
    for found in _LATIN_PLACE.finditer(text):
        yield found.start(), found.end(), found[0].title() if found[0].isupper() else found[0], str(found.lastgroup)


def is_country(line: str) -> bool:
    """Whether the line is exactly a country's name."""
    return any(pattern.fullmatch(line) for pattern in _ALONE.values())


def place_in(name: str, *, language: str) -> tuple[str, str] | None:
    """Returns the narrowest part of a country that a title or an issuer names, and its country: ``广州市``, ``CN``."""
    if language == "ja":
        found = _PREFECTURE.search(name)
        return (found[0], "JP") if found else None
    if town := _TOWN.search(name):
        return town[1], "CN"
    if city := _CITY.search(name):
        return city[0].removeprefix("中共").removesuffix("市") + "市", "CN"
    if province := _PROVINCE.search(name):
        return province[0].removeprefix("中共").removesuffix("省") + "省", "CN"
    if region := _REGION.search(name):
        short = region[0].removeprefix("中共")
        return _AUTONOMOUS.get(short, short), "CN"
    found = _LATIN_PLACE.search(name)
    return (found[0].title() if found[0].isupper() else found[0], str(found.lastgroup)) if found else None
